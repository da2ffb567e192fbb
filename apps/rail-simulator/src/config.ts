import { createHmac } from 'node:crypto';
import { z } from 'zod';

import type { ClockAnchor } from './house-clock.ts';
import { ClearingHouse } from './house/house.ts';
import { ReceiptsCount, SettlementEffect } from './sessions/settlement.ts';
import { SignatureAlgorithm } from './signature/signing.ts';

export interface DatabaseConfig {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** What differs between the houses of one installation. */
export interface HouseConfig {
  /** Null: notices stay in the books until there is an address. */
  readonly noticeUrl: string | null;
  /** A JSON file that becomes the house's fault plan at start; without it the stored one stands. */
  readonly faultsFile: string | null;
  readonly receiptsCount: ReceiptsCount;
  readonly settlementEffect: SettlementEffect;
}

export interface SimulatorConfig {
  readonly bind: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly database: DatabaseConfig;
  /** Present when the simulator may create its database, role and tables itself. */
  readonly admin: DatabaseConfig | null;
  readonly keysDir: string;
  /** What the house signs notices with, and answers to requests that name no algorithm. */
  readonly algorithm: SignatureAlgorithm;
  readonly institution: string;
  readonly clockRate: number;
  readonly clockAnchor: ClockAnchor | null;
  /** The mapped quota of a new set of books at each house, in fen. */
  readonly mappedQuotaMinor: bigint;
  readonly inquiriesPerSecond: number;
  readonly lingerMs: number;
  /** What the central reserve account of a new set of books holds, in fen. */
  readonly reserveMinor: bigint;
  /** From a bank's debit to the arrival elsewhere, by business time. */
  readonly arrivalMs: number;
  /** Minute of the day in Shanghai at which the sessions of the day before are settled; null: only by an admin's hand. */
  readonly settlesAtMinute: number | null;
  readonly houses: Readonly<Record<ClearingHouse, HouseConfig>>;
}

const RAILS_ROLE = 'jinku_rails';

const ALGORITHMS = {
  'hmac-sm3': SignatureAlgorithm.HMAC_SM3,
  rsa: SignatureAlgorithm.RSA2048_SHA256,
  sm2: SignatureAlgorithm.SM2_SM3,
} as const;

const environmentSchema = z.object({
  JINKU_BIND: z.string().default('127.0.0.1'),
  JINKU_RAILS_PORT: z.coerce.number().int().min(0).max(65_535),
  JINKU_RAILS_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  JINKU_DATABASE_SECRET: z.string().min(1),
  JINKU_DATABASE_ADMIN: z.string().min(1).optional(),
  JINKU_KEYS_DIR: z.string().min(1),
  JINKU_SIGNER: z.enum(['hmac-sm3', 'rsa', 'sm2']).default('hmac-sm3'),
  JINKU_PAYOUT_INSTITUTION: z
    .string()
    .regex(/^[A-Z0-9]{8}$/)
    .default('JINKU001'),
  JINKU_RAILS_NOTICE_URL: z.url().optional(),
  JINKU_RAILS_UNIONPAY_NOTICE_URL: z.url().optional(),
  JINKU_CLOCK_RATE: z.coerce.number().positive().default(1),
  JINKU_CLOCK_ANCHOR_BUSINESS: z.iso.datetime().optional(),
  JINKU_CLOCK_ANCHOR_WALL: z.coerce.number().int().positive().optional(),
  JINKU_RAILS_MAPPED_QUOTA: z
    .string()
    .regex(/^(0|[1-9]\d{0,12})\.\d{2}$/)
    .default('1000000000.00'),
  JINKU_RAILS_INQUIRIES_PER_SECOND: z.coerce.number().int().positive().default(200),
  JINKU_RAILS_LINGER_MS: z.coerce.number().int().min(0).max(100).default(3),
  JINKU_RAILS_RESERVE_BALANCE: z
    .string()
    .regex(/^(0|[1-9]\d{0,12})\.\d{2}$/)
    .default('3000000000.00'),
  JINKU_RAILS_ARRIVAL_MS: z.coerce.number().int().min(0).max(86_400_000).default(30_000),
  JINKU_RAILS_FAULTS: z.string().min(1).optional(),
  JINKU_RAILS_UNIONPAY_FAULTS: z.string().min(1).optional(),
  JINKU_RAILS_SETTLEMENT_AT: z
    .string()
    .regex(/^(([01]\d|2[0-3]):[0-5]\d|off)$/)
    .default('10:30'),
  JINKU_RAILS_RECEIPTS_COUNT: z.enum(ReceiptsCount).default('REAL_TIME'),
  JINKU_RAILS_UNIONPAY_RECEIPTS_COUNT: z.enum(ReceiptsCount).default('REAL_TIME'),
  JINKU_RAILS_SETTLEMENT_EFFECT: z.enum(SettlementEffect).default('AS_NOTIFIED'),
  JINKU_RAILS_UNIONPAY_SETTLEMENT_EFFECT: z.enum(SettlementEffect).default('AS_NOTIFIED'),
});

/** Reads the environment once; throws naming every variable that is wrong. */
export function simulatorConfig(environment: NodeJS.ProcessEnv): SimulatorConfig {
  const read = environmentSchema.parse(environment);
  const url = new URL(read.JINKU_RAILS_DATABASE_URL);
  const place = { host: url.hostname, port: Number(url.port || 5432), database: url.pathname.slice(1) };
  const as = (user: string): DatabaseConfig => ({ ...place, user, password: rolePassword(read.JINKU_DATABASE_SECRET, user) });
  return Object.freeze({
    bind: read.JINKU_BIND,
    port: read.JINKU_RAILS_PORT,
    database: as(RAILS_ROLE),
    admin: read.JINKU_DATABASE_ADMIN === undefined ? null : as(read.JINKU_DATABASE_ADMIN),
    keysDir: read.JINKU_KEYS_DIR,
    algorithm: ALGORITHMS[read.JINKU_SIGNER],
    institution: read.JINKU_PAYOUT_INSTITUTION,
    clockRate: read.JINKU_CLOCK_RATE,
    clockAnchor: anchorOf(read),
    mappedQuotaMinor: BigInt(read.JINKU_RAILS_MAPPED_QUOTA.replace('.', '')),
    inquiriesPerSecond: read.JINKU_RAILS_INQUIRIES_PER_SECOND,
    lingerMs: read.JINKU_RAILS_LINGER_MS,
    reserveMinor: BigInt(read.JINKU_RAILS_RESERVE_BALANCE.replace('.', '')),
    arrivalMs: read.JINKU_RAILS_ARRIVAL_MS,
    settlesAtMinute: minuteOf(read.JINKU_RAILS_SETTLEMENT_AT),
    houses: {
      NETSUNION: {
        noticeUrl: read.JINKU_RAILS_NOTICE_URL ?? null,
        faultsFile: read.JINKU_RAILS_FAULTS ?? null,
        receiptsCount: read.JINKU_RAILS_RECEIPTS_COUNT,
        settlementEffect: read.JINKU_RAILS_SETTLEMENT_EFFECT,
      },
      UNIONPAY: {
        noticeUrl: read.JINKU_RAILS_UNIONPAY_NOTICE_URL ?? null,
        faultsFile: read.JINKU_RAILS_UNIONPAY_FAULTS ?? null,
        receiptsCount: read.JINKU_RAILS_UNIONPAY_RECEIPTS_COUNT,
        settlementEffect: read.JINKU_RAILS_UNIONPAY_SETTLEMENT_EFFECT,
      },
    },
  });
}

/** The installation's, so that the houses and the institution read the same time; alone, the simulator begins at the wall's. */
function anchorOf(read: z.infer<typeof environmentSchema>): ClockAnchor | null {
  const { JINKU_CLOCK_ANCHOR_BUSINESS: business, JINKU_CLOCK_ANCHOR_WALL: wallMs } = read;
  return business === undefined || wallMs === undefined ? null : { businessMs: Date.parse(business), wallMs };
}

function minuteOf(time: string): number | null {
  return time === 'off' ? null : Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** Passwords follow from one secret per installation, as everywhere in it. */
export function rolePassword(secret: string, role: string): string {
  return createHmac('sha256', secret).update(role).digest('hex');
}
