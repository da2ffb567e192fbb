import { createHash, randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type BusinessDate, type Clock } from '@jinku/calendar';
import { payoutsDispatchedV1, type ClearingHouse } from '@jinku/contracts';
import type { PayoutInstruction } from '@jinku/connectors';
import { SerialNumberBlocks } from '@jinku/connectors';
import { invariant } from '@jinku/errors';
import { Outbox } from '@jinku/messaging';
import { formatAmount, sum } from '@jinku/money';
import { Database, type Lease, type Tx } from '@jinku/persistence';
import type { PayeeCipher } from '@jinku/security';
import { CLOCK } from '@jinku/service';
import { PAYEE_CIPHER, PAYOUTS_CONFIG, type PayoutsConfig } from '../../config.ts';
import { GrantRepository } from '../../grant/persistence/grant.repository.ts';
import { payeeFromText } from '../../payout/domain/payout.ts';
import { PayoutRepository, type DispatchedPayout } from '../../payout/persistence/payout.repository.ts';
import { QueueRepository } from '../../payout/persistence/queue.repository.ts';
import type { NewAttempt } from '../domain/attempt.ts';
import { AttemptRepository } from '../persistence/attempt.repository.ts';

/** One committed attempt that is to be sent now, by this process and never by another. */
export interface Instruction extends PayoutInstruction {
  readonly payoutId: string;
  readonly attemptNumber: number;
}

export const DispatchHalt = {
  /** Another process leads the shard now. */
  NOT_LED: 'NOT_LED',
  /** Payouts are stopped, or the route is. */
  STOPPED: 'STOPPED',
  NO_GRANT: 'NO_GRANT',
  /** What waits first is larger than the quota that is left. */
  NO_QUOTA: 'NO_QUOTA',
  /** Nothing waits. */
  EMPTY: 'EMPTY',
} as const;
export type DispatchHalt = (typeof DispatchHalt)[keyof typeof DispatchHalt];

export type Dispatched = { readonly instructions: readonly Instruction[] } | { readonly halt: DispatchHalt };

const ROUTE: ClearingHouse = 'NETSUNION';

interface Standing {
  readonly isOpen: boolean;
  readonly grantId: string | null;
  readonly freeMinor: bigint;
}

/** Undoes a claim whose grant was used up by a racing recall between the look and the reservation. */
class QuotaTaken extends Error {}

/**
 * Claims a batch of one shard and commits its attempts with their serial numbers and one reservation. Nothing has been sent when this returns, and
 * what it returns is known to this process alone: if it dies now, the attempts are inquired about and never sent.
 */
@Injectable()
export class DispatchBatch {
  #spare: string[] = [];
  #spareDate: BusinessDate | null = null;

  constructor(
    private readonly database: Database,
    private readonly queue: QueueRepository,
    private readonly payouts: PayoutRepository,
    private readonly attempts: AttemptRepository,
    private readonly grants: GrantRepository,
    private readonly outbox: Outbox,
    private readonly serialNumbers: SerialNumberBlocks,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PAYEE_CIPHER) private readonly cipher: PayeeCipher,
    @Inject(PAYOUTS_CONFIG) private readonly config: PayoutsConfig,
  ) {}

  async execute(given: { shard: number; lease: Lease; countMax: number }): Promise<Dispatched> {
    const now = this.clock.now();
    const businessDate = businessDateOf(now);
    const serialNumbers = await this.#drawSerialNumbers(businessDate, given.countMax);
    try {
      const dispatched = await this.database.transaction((tx) => this.#claim(tx, { ...given, now, businessDate, serialNumbers }));
      // Left over by a short batch. After an error they are dropped: the commit may have used them.
      this.#spare.push(...serialNumbers.slice('halt' in dispatched ? 0 : dispatched.instructions.length));
      return dispatched;
    } catch (error) {
      if (error instanceof QuotaTaken) return { halt: 'NO_QUOTA' };
      throw error;
    }
  }

  /** Before the transaction: a block of numbers is committed on its own. */
  async #drawSerialNumbers(businessDate: BusinessDate, count: number): Promise<string[]> {
    if (this.#spareDate !== businessDate) this.#spare = [];
    this.#spareDate = businessDate;
    const numbers = this.#spare.splice(0, count);
    return numbers.length === count ? numbers : [...numbers, ...(await this.serialNumbers.take(businessDate, count - numbers.length))];
  }

  async #claim(
    tx: Tx,
    given: { shard: number; lease: Lease; countMax: number; now: Date; businessDate: string; serialNumbers: readonly string[] },
  ): Promise<Dispatched> {
    const { shard, now } = given;
    if (!(await given.lease.isHeld(tx))) return { halt: 'NOT_LED' };
    const standing = await this.#standing(tx, shard);
    if (!standing.isOpen) return { halt: 'STOPPED' };
    if (standing.grantId === null) return { halt: 'NO_GRANT' };
    if (standing.freeMinor <= 0n) return { halt: 'NO_QUOTA' };
    const claimed = await this.queue.claim(tx, { shard, countMax: given.countMax, freeMinor: standing.freeMinor, now });
    if (claimed.length === 0) return { halt: (await this.queue.hasWaiting(tx, shard)) ? 'NO_QUOTA' : 'EMPTY' };
    const dispatched = await this.payouts.dispatchMany(tx, claimed, now);
    invariant(dispatched.length === claimed.length, 'a payout with a queue entry is QUEUED');
    const attempts = dispatched.map((payout, at) => attemptOf(payout, given.serialNumbers[at] ?? ''));
    const validUntil = new Date(this.clock.wallNow() + this.config.validityMs);
    await this.attempts.insertMany(tx, attempts, { route: ROUTE, shard, grantId: standing.grantId, committedAt: now, validUntil });
    await this.#tell(tx, { shard, grantId: standing.grantId, now, businessDate: given.businessDate, attempts });
    const reserved = await this.grants.reserve(tx, {
      grantId: standing.grantId,
      amountMinor: sum(attempts.map((attempt) => attempt.amountMinor)),
      payoutCount: attempts.length,
      now,
    });
    if (!reserved) throw new QuotaTaken();
    return { instructions: dispatched.map((payout, at) => this.#instruction(payout, given.serialNumbers[at] ?? '', validUntil)) };
  }

  /** Whether the shard may pay at all, and how much. */
  async #standing(tx: Tx, shard: number): Promise<Standing> {
    const [row] = await tx.query<Standing>(
      `SELECT NOT s.stopped AND r.state = 'OPEN' AS "isOpen", g.grant_id AS "grantId",
         coalesce(g.granted_total - g.consumed_total - g.reserved, 0) AS "freeMinor"
       FROM dispatch_switch s CROSS JOIN route r LEFT JOIN quota_grant g ON g.clearing_house = r.route AND g.shard = $2 WHERE r.route = $1`,
      [ROUTE, shard],
    );
    invariant(row !== undefined, 'the switch and the route have a row from their migration on');
    return row;
  }

  async #tell(tx: Tx, given: { shard: number; grantId: string; now: Date; businessDate: string; attempts: readonly NewAttempt[] }): Promise<void> {
    await this.outbox.add(tx, payoutsDispatchedV1, {
      dispatchId: randomUUIDv7(),
      shard: given.shard,
      clearingHouse: ROUTE,
      grantId: given.grantId,
      dispatchedAt: given.now.toISOString(),
      businessDate: given.businessDate,
      attempts: given.attempts.map(({ payoutId, attemptNumber, serialNumber, merchantId, businessLine, amountMinor }) => ({
        payoutId,
        attemptNumber,
        serialNumber,
        merchantId,
        businessLine,
        amount: formatAmount(amountMinor),
      })),
    });
  }

  #instruction(payout: DispatchedPayout, serialNumber: string, validUntil: Date): Instruction {
    const account = payeeFromText(this.cipher.decrypt(payout.payeeCipher, payout.payoutId));
    return {
      payoutId: payout.payoutId,
      attemptNumber: payout.attemptNumber,
      serialNumber,
      amountMinor: payout.amountMinor,
      payee: { ...account, bankCode: payout.bankCode },
      purpose: payout.purpose,
      businessLine: payout.businessLine,
      merchantId: payout.merchantId,
      validUntil,
    };
  }
}

/** The hash names what is asked of the rail under this number; the payee by its encrypted text, which never changes. */
function attemptOf(payout: DispatchedPayout, serialNumber: string): NewAttempt {
  invariant(serialNumber !== '', 'as many serial numbers were drawn as payouts may be claimed');
  const { payoutId, attemptNumber, merchantId, businessLine, amountMinor, bankCode, purpose, payeeCipher } = payout;
  const text = [serialNumber, payoutId, amountMinor, merchantId, businessLine, bankCode, purpose, payeeCipher].join('\n');
  return { payoutId, attemptNumber, serialNumber, merchantId, businessLine, amountMinor, requestHash: createHash('sha256').update(text).digest() };
}
