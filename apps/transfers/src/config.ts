import { CHINA_HOLIDAYS, holidayTable } from '@jinku/calendar';
import type { TransferRail } from '@jinku/connectors';
import { invariant } from '@jinku/errors';
import { parseAmount, positiveAmountText } from '@jinku/money';
import { readVariables, type Environment } from '@jinku/service';
import { z } from 'zod';

const variables = z.object({
  JINKU_TRANSFER_POLL_MS: z.coerce.number().int().min(50).max(60_000).default(500),
  JINKU_TRANSFER_VALIDITY_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(60_000),
  JINKU_TRANSFER_CALL_TIMEOUT_MS: z.coerce.number().int().min(50).max(60_000).default(3_000),
  JINKU_TRANSFER_APPROVAL_ABOVE: positiveAmountText.default('1000000.00'),
  JINKU_TRANSFER_APPROVAL_HOURS: z.coerce.number().int().min(1).max(720).default(24),
  JINKU_TRANSFER_POSITION_AGE_MAX_MS: z.coerce.number().int().min(1_000).max(86_400_000).default(900_000),
  JINKU_TRANSFER_RULE_SWEEP_MS: z.coerce.number().int().min(50).max(600_000).default(500),
  JINKU_TRANSFER_RULE_COOL_DOWN_MS: z.coerce.number().int().min(0).max(86_400_000).default(600_000),
  JINKU_TRANSFER_SCHEDULE_LATE_MS: z.coerce.number().int().min(1_000).max(86_400_000).default(14_400_000),
  JINKU_PAYOUT_INSTITUTION: z.string().regex(/^[A-Z0-9]{8}$/).default('JINKU001'),
});

export interface TransfersConfig {
  /** How often legs are looked at that nobody rang for. */
  readonly pollMs: number;
  /** How long after the commit of its serial number a rail may execute an instruction. */
  readonly validityMs: number;
  readonly callTimeoutMs: number;
  /** An order above this waits for a second person, whichever its pair. */
  readonly approvalAboveMinor: bigint;
  /** How long an order or a rule waits for its second person. */
  readonly approvalLifetimeMs: number;
  /** A position observed longer ago than this, in business time, is not judged on. */
  readonly positionAgeMaxMs: number;
  /** How often rules are judged that no message asked for. */
  readonly ruleSweepMs: number;
  /** How long a rule rests after an order of it that moved nothing. */
  readonly ruleCoolDownMs: number;
  /** A scheduled time missed by more than this is recorded and not made up for. */
  readonly scheduleLateMs: number;
  /** The institution's id in serial numbers. */
  readonly institution: string;
}

export const TRANSFERS_CONFIG = Symbol('jinku:transfers-config');
/** A bank that transfers out of the accounts of its connector type. */
export interface BankTransferRail extends TransferRail {
  readonly connectorType: string;
}

/** The public keys of registered clients, by client id. */
export const CLIENT_KEYS = Symbol('jinku:client-keys');
/** The banks that this installation is connected to. */
export const TRANSFER_RAILS = Symbol('jinku:transfer-rails');
/** The clearing houses that pay out of the central reserve. */
export const PAYOUT_RAILS = Symbol('jinku:payout-rails');
/** The central bank, which tells what moved on the reserve; null where it is not connected. */
export const RESERVE_RAIL = Symbol('jinku:reserve-rail');

/** Tells this service's serial numbers from those of payouts (0) and quotas (1). */
export const SERIAL_NUMBER_ISSUER = 2;

/** Of banks and the central bank; a year that is not published in it is unknown. */
export const HOLIDAYS = holidayTable(CHINA_HOLIDAYS);

const HOUR_MS = 3_600_000;

export function transfersConfig(environment: Environment): TransfersConfig {
  const read = readVariables(variables, environment);
  const approvalAboveMinor = parseAmount(read.JINKU_TRANSFER_APPROVAL_ABOVE);
  invariant(approvalAboveMinor !== null, 'the schema has checked the amount');
  return Object.freeze({
    pollMs: read.JINKU_TRANSFER_POLL_MS,
    validityMs: read.JINKU_TRANSFER_VALIDITY_MS,
    callTimeoutMs: read.JINKU_TRANSFER_CALL_TIMEOUT_MS,
    approvalAboveMinor,
    approvalLifetimeMs: read.JINKU_TRANSFER_APPROVAL_HOURS * HOUR_MS,
    positionAgeMaxMs: read.JINKU_TRANSFER_POSITION_AGE_MAX_MS,
    ruleSweepMs: read.JINKU_TRANSFER_RULE_SWEEP_MS,
    ruleCoolDownMs: read.JINKU_TRANSFER_RULE_COOL_DOWN_MS,
    scheduleLateMs: read.JINKU_TRANSFER_SCHEDULE_LATE_MS,
    institution: read.JINKU_PAYOUT_INSTITUTION,
  });
}
