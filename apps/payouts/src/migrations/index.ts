import type { MigrationClass } from '@jinku/persistence';
import { CreatePlatform2026112100000 } from './2026112100000-create-platform.ts';
import { CreateMerchants2026112100001 } from './2026112100001-create-merchants.ts';
import { CreatePayouts2026112100002 } from './2026112100002-create-payouts.ts';
import { CreateAttempts2026112100003 } from './2026112100003-create-attempts.ts';
import { CreateGrants2026112100004 } from './2026112100004-create-grants.ts';

/** In the order they run. */
export const MIGRATIONS: readonly MigrationClass[] = [
  CreatePlatform2026112100000,
  CreateMerchants2026112100001,
  CreatePayouts2026112100002,
  CreateAttempts2026112100003,
  CreateGrants2026112100004,
];
