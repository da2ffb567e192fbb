import type { MigrationClass } from '@jinku/persistence';
import { CreateAccountAndGrant2026112114000 } from './2026112114000-create-account-and-grant.ts';
import { CreateTransferOrder2026112114001 } from './2026112114001-create-transfer-order.ts';
import { CreateTransferRule2026112114002 } from './2026112114002-create-transfer-rule.ts';

export const transfersMigrations: readonly MigrationClass[] = [CreateAccountAndGrant2026112114000, CreateTransferOrder2026112114001, CreateTransferRule2026112114002];
