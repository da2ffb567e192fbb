import type { MigrationClass } from '@jinku/persistence';
import { CreateAccount2026112110000 } from './2026112110000-create-account.ts';

export const accountsMigrations: readonly MigrationClass[] = [CreateAccount2026112110000];
