import type { MigrationClass } from '@jinku/persistence';
import { CreateQuotaAndGrant2026112110000 } from './2026112110000-create-quota-and-grant.ts';
import { CreateQuotaAdjustment2026112110001 } from './2026112110001-create-quota-adjustment.ts';
import { CreateBufferShiftAndPolicy2026112110002 } from './2026112110002-create-buffer-shift-and-policy.ts';
import { CreateSessionAndCollection2026112110003 } from './2026112110003-create-session-and-collection.ts';
import { CreatePosition2026112110004 } from './2026112110004-create-position.ts';
import { CreateAutomaticAct2026112110005 } from './2026112110005-create-automatic-act.ts';

export const quotasMigrations: readonly MigrationClass[] = [
  CreateQuotaAndGrant2026112110000,
  CreateQuotaAdjustment2026112110001,
  CreateBufferShiftAndPolicy2026112110002,
  CreateSessionAndCollection2026112110003,
  CreatePosition2026112110004,
  CreateAutomaticAct2026112110005,
];
