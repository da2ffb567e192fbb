import type { MigrationClass } from '@jinku/persistence';
import { CreateAccount2026112110000 } from './2026112110000-create-account.ts';
import { CreateConnectorType2026112110001 } from './2026112110001-create-connector-type.ts';

export const accountsMigrations: readonly MigrationClass[] = [CreateAccount2026112110000, CreateConnectorType2026112110001];
