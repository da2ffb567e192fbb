import { hash, randomUUIDv7 } from 'node:crypto';
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
import type { Gate, RouteReason } from '../../route/domain/route-choice.ts';
import { ClaimHalt, ClaimRoutes, TokensTaken, type HouseClaim, type HouseRoom } from '../../route/use-cases/claim-routes.ts';
import { RouteBook, type StandingRules } from '../../route/use-cases/route-book.ts';
import type { NewAttempt } from '../domain/attempt.ts';
import { AttemptRepository } from '../persistence/attempt.repository.ts';

/** One committed attempt that is to be sent now, by this process and never by another. */
export interface Instruction extends PayoutInstruction {
  readonly payoutId: string;
  readonly attemptNumber: number;
  /** The breakers under whose token it tries a route. */
  readonly probes: readonly Gate[];
}

export interface HouseBatch {
  readonly house: ClearingHouse;
  readonly instructions: readonly Instruction[];
}

export const DispatchHalt = {
  ...ClaimHalt,
  /** Another process leads the shard now. */
  NOT_LED: 'NOT_LED',
} as const;
export type DispatchHalt = (typeof DispatchHalt)[keyof typeof DispatchHalt];

/** `asideCount` payouts stepped aside: behind them others may be found at once. */
export type Dispatched = { readonly batches: readonly HouseBatch[]; readonly asideCount: number } | { readonly halt: DispatchHalt };

/** Undoes a claim whose grant was used up by a racing recall between the look and the reservation. */
class QuotaTaken extends Error {}

interface Claiming {
  readonly shard: number;
  readonly lease: Lease;
  readonly rooms: readonly HouseRoom[];
  readonly rules: StandingRules;
  readonly now: Date;
  readonly businessDate: string;
  readonly serialNumbers: string[];
}

/**
 * Claims a batch of one shard and commits its attempts with their serial numbers and one reservation a house. Nothing has been sent when this returns, and
 * what it returns is known to this process alone: if it dies now, the attempts are inquired about and never sent.
 */
@Injectable()
export class DispatchBatch {
  #spare: string[] = [];
  #spareDate: BusinessDate | null = null;

  constructor(
    private readonly database: Database,
    private readonly routes: ClaimRoutes,
    private readonly book: RouteBook,
    private readonly payouts: PayoutRepository,
    private readonly attempts: AttemptRepository,
    private readonly grants: GrantRepository,
    private readonly outbox: Outbox,
    private readonly serialNumbers: SerialNumberBlocks,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PAYEE_CIPHER) private readonly cipher: PayeeCipher,
    @Inject(PAYOUTS_CONFIG) private readonly config: PayoutsConfig,
  ) {}

  async execute(given: { shard: number; lease: Lease; rooms: readonly HouseRoom[] }): Promise<Dispatched> {
    const now = this.clock.now();
    const businessDate = businessDateOf(now);
    const rules = await this.book.rules();
    const serialNumbers = await this.#drawSerialNumbers(businessDate, given.rooms.reduce((sum, { room }) => sum + room, 0));
    try {
      const dispatched = await this.database.transaction((tx) => this.#claim(tx, { ...given, rules, now, businessDate, serialNumbers }));
      // Left over by a short batch. After an error they are dropped: the commit may have used them.
      this.#spare.push(...serialNumbers);
      return dispatched;
    } catch (error) {
      if (error instanceof QuotaTaken) return { halt: 'NO_QUOTA' };
      if (error instanceof TokensTaken) return { halt: 'NO_ROUTE' };
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

  async #claim(tx: Tx, given: Claiming): Promise<Dispatched> {
    const { now } = given;
    if (!(await given.lease.isHeld(tx))) return { halt: 'NOT_LED' };
    const claimed = await this.routes.execute(tx, given);
    if ('halt' in claimed) return claimed;
    const payoutIds = claimed.claims.flatMap(({ routes }) => [...routes.keys()]);
    if (payoutIds.length === 0) return { batches: [], asideCount: claimed.asideCount };
    const dispatched = await this.payouts.dispatchMany(tx, payoutIds, now);
    invariant(dispatched.length === payoutIds.length, 'a payout with a queue entry is QUEUED');
    const batches: HouseBatch[] = [];
    // In one order: outcomes lock the same grants.
    for (const claim of claimed.claims.toSorted((a, b) => (a.grantId < b.grantId ? -1 : 1))) {
      batches.push(await this.#commit(tx, { ...given, claim, payouts: dispatched.filter(({ payoutId }) => claim.routes.has(payoutId)) }));
    }
    return { batches, asideCount: claimed.asideCount };
  }

  /** The attempts of one house, with one reservation. */
  async #commit(tx: Tx, given: Claiming & { claim: HouseClaim; payouts: readonly DispatchedPayout[] }): Promise<HouseBatch> {
    const { shard, now, payouts } = given;
    const { house, grantId, routes } = given.claim;
    const serialNumbers = given.serialNumbers.splice(0, payouts.length);
    const attempts = payouts.map((payout, at) => attemptOf(payout, { house, serialNumber: serialNumbers[at] ?? '', reason: routes.get(payout.payoutId)?.reason ?? 'PRIMARY' }));
    const validUntil = new Date(this.clock.wallNow() + this.config.validityMs);
    await this.attempts.insertMany(tx, attempts, { route: house, shard, grantId, committedAt: now, validUntil });
    await this.#tell(tx, { shard, house, grantId, now, businessDate: given.businessDate, attempts });
    const reserved = await this.grants.reserve(tx, { grantId, amountMinor: sum(attempts.map((attempt) => attempt.amountMinor)), payoutCount: attempts.length, now });
    if (!reserved) throw new QuotaTaken();
    const probesOf = (payoutId: string): readonly Gate[] => routes.get(payoutId)?.probes ?? [];
    return { house, instructions: payouts.map((payout, at) => this.#instruction(payout, { serialNumber: serialNumbers[at] ?? '', validUntil, probes: probesOf(payout.payoutId) })) };
  }

  async #tell(tx: Tx, given: { shard: number; house: ClearingHouse; grantId: string; now: Date; businessDate: string; attempts: readonly NewAttempt[] }): Promise<void> {
    await this.outbox.add(tx, payoutsDispatchedV1, {
      dispatchId: randomUUIDv7(),
      shard: given.shard,
      clearingHouse: given.house,
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

  #instruction(payout: DispatchedPayout, { serialNumber, validUntil, probes }: { serialNumber: string; validUntil: Date; probes: readonly Gate[] }): Instruction {
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
      probes,
    };
  }
}

/** The hash names what is asked of the rail under this number; the payee by its encrypted text, which never changes. */
function attemptOf(payout: DispatchedPayout, { house, serialNumber, reason }: { house: ClearingHouse; serialNumber: string; reason: RouteReason }): NewAttempt {
  invariant(serialNumber !== '', 'as many serial numbers were drawn as payouts may be claimed');
  const { payoutId, attemptNumber, merchantId, businessLine, amountMinor, bankCode, purpose, payeeCipher } = payout;
  const text = [house, serialNumber, payoutId, amountMinor, merchantId, businessLine, bankCode, purpose, payeeCipher].join('\n');
  return { payoutId, attemptNumber, serialNumber, merchantId, businessLine, amountMinor, routeReason: reason, requestHash: hash('sha256', text, 'buffer') };
}
