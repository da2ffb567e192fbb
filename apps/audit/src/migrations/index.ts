import type { MigrationClass } from '@jinku/persistence';
import { CreateAccount2026112110000 } from './2026112110000-create-account.ts';
import { CreateStatement2026112110001 } from './2026112110001-create-statement.ts';
import { CreateCounterparts2026112110002 } from './2026112110002-create-counterparts.ts';
import { CreateCheckAndBreak2026112110003 } from './2026112110003-create-check-and-break.ts';

export const auditMigrations: readonly MigrationClass[] = [
  CreateAccount2026112110000,
  CreateStatement2026112110001,
  CreateCounterparts2026112110002,
  CreateCheckAndBreak2026112110003,
];
