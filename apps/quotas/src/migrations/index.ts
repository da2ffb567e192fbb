import type { MigrationClass } from '@jinku/persistence';
import { CreateQuotaAndGrant2026112110000 } from './2026112110000-create-quota-and-grant.ts';

export const quotasMigrations: readonly MigrationClass[] = [CreateQuotaAndGrant2026112110000];
