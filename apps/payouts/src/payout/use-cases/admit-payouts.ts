import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import type { PayoutRequest, PayoutState } from '@jinku/contracts';
import { invariant, Refusal } from '@jinku/errors';
import type { Tx } from '@jinku/persistence';
import { maskAccountNumber, type PayeeCipher } from '@jinku/security';
import { CLOCK, contentHash } from '@jinku/service';
import { HouseLines } from '../../attempt/use-cases/house-lines.ts';
import { PAYEE_CIPHER, PAYOUTS_CONFIG, type PayoutsConfig } from '../../config.ts';
import { RegisterRepository } from '../../merchant/persistence/register.repository.ts';
import { admit, readRequest, type Admissible } from '../domain/admission.ts';
import { DispatchBell } from '../domain/dispatch-bell.ts';
import { dispatchOrder, shardOf } from '../domain/dispatch-order.ts';
import { DUPLICATE_SUSPECTED, duplicateWindowMs, suspectDuplicates } from '../domain/duplicate-suspicion.ts';
import { payeeText, type MovedPayout, type NewPayout } from '../domain/payout.ts';
import { PAYOUT_REFUSALS } from '../domain/payout-refusals.ts';
import { DuplicateRepository } from '../persistence/duplicate.repository.ts';
import { PayoutRepository, type RecordedRequest } from '../persistence/payout.repository.ts';
import { QueueRepository } from '../persistence/queue.repository.ts';
import { resultOf, TellResults } from './tell-results.ts';

/** One request as it came in, shape checked. Reading is apart from admitting so that no transaction waits for it. */
export interface ReadRequest {
  readonly clientId: string;
  /** Where the request stands in what was sent, such as `payouts[3]`; names the fields of refusals. */
  readonly root: string;
  readonly request: PayoutRequest | Refusal;
  readonly requestHash: Buffer | null;
}

export interface Admitted {
  readonly payoutId: string;
  readonly requestId: string;
  readonly state: PayoutState;
  readonly isNew: boolean;
  /** The payout as it stands, for a request that was known before. */
  readonly payout: MovedPayout | null;
}

export type Admission = Admitted | Refusal;

export function readPayoutRequest(given: unknown, place: { clientId: string; root: string }): ReadRequest {
  const request = readRequest(given, place.root);
  const requestHash = request instanceof Refusal ? null : contentHash('payouts.request-payout', request);
  return { ...place, request, requestHash };
}

interface Candidate {
  readonly index: number;
  readonly recorded: RecordedRequest;
  readonly payout: NewPayout;
  /** How long before it another payout of its amount to its payee makes it suspect; 0 for never. */
  readonly windowMs: number;
}

/** Admits a batch of requests to the queue: one statement a table, whatever the number. Each request is answered on its own. */
@Injectable()
export class AdmitPayouts {
  constructor(
    private readonly payouts: PayoutRepository,
    private readonly queue: QueueRepository,
    private readonly duplicates: DuplicateRepository,
    private readonly register: RegisterRepository,
    private readonly lines: HouseLines,
    private readonly tell: TellResults,
    private readonly bell: DispatchBell,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PAYEE_CIPHER) private readonly cipher: PayeeCipher,
    @Inject(PAYOUTS_CONFIG) private readonly config: PayoutsConfig,
  ) {}

  async execute(tx: Tx, reads: readonly ReadRequest[]): Promise<Admission[]> {
    const now = this.clock.now();
    const answers: (Admission | null)[] = reads.map((read) => (read.request instanceof Refusal ? read.request : null));
    // A known request is answered as it was, whatever the rules say by now.
    await this.#answerKnown(tx, reads, answers);
    const { candidates, repeats } = await this.#chooseNew(tx, reads, answers, now);
    const inserted = await this.#insert(tx, candidates, now);
    for (const { index, recorded } of candidates) {
      const state = inserted.get(recorded.payoutId);
      if (state !== undefined) answers[index] = { payoutId: recorded.payoutId, requestId: recorded.requestId, state, isNew: true, payout: null };
    }
    // Somebody else recorded the same request id between our look and our insert.
    if (inserted.size < candidates.length) await this.#answerKnown(tx, reads, answers);
    for (const { index, first } of repeats) answers[index] = repeated(answers[first] ?? null);
    if (inserted.size > 0) tx.afterCommit(() => this.bell.ring());
    return answers.map((answer) => {
      invariant(answer !== null, 'every request is answered');
      return answer;
    });
  }

  async #answerKnown(tx: Tx, reads: readonly ReadRequest[], answers: (Admission | null)[]): Promise<void> {
    const open = reads.flatMap((read, index) =>
      answers[index] === null && !(read.request instanceof Refusal) ? [{ index, clientId: read.clientId, requestId: read.request.requestId }] : [],
    );
    if (open.length === 0) return;
    const known = new Map((await this.payouts.findRequests(tx, open)).map((record) => [keyOf(record), record]));
    if (known.size === 0) return;
    const standing = await this.payouts.standing(tx, [...known.values()].map((record) => record.payoutId));
    for (const { index, clientId, requestId } of open) {
      const record = known.get(keyOf({ clientId, requestId }));
      if (record === undefined) continue;
      const payout = standing.get(record.payoutId) ?? null;
      const isSame = reads[index]?.requestHash?.equals(record.requestHash) === true && payout !== null;
      answers[index] = isSame ? { payoutId: record.payoutId, requestId, state: payout.state, isNew: false, payout } : reused(reads[index]?.root ?? '');
    }
  }

  async #chooseNew(tx: Tx, reads: readonly ReadRequest[], answers: (Admission | null)[], now: Date) {
    const candidates: Candidate[] = [];
    const repeats: { index: number; first: number }[] = [];
    const open = reads.flatMap((read, index) => (answers[index] === null && !(read.request instanceof Refusal) ? [{ read, request: read.request, index }] : []));
    if (open.length === 0) return { candidates, repeats };
    const distinct = (values: string[]): string[] => [...new Set(values)];
    const register = await this.register.read(tx, {
      merchantIds: distinct(open.map(({ request }) => request.merchantId)),
      businessLines: distinct(open.map(({ request }) => request.businessLine)),
      bankCodes: distinct(open.map(({ request }) => request.payee.bankCode)),
      houses: this.lines.houses,
    });
    const chosen = new Map<string, { index: number; hash: Buffer }>();
    for (const { read, request, index } of open) {
      const key = keyOf({ clientId: read.clientId, requestId: request.requestId });
      const hash = read.requestHash as Buffer;
      const earlier = chosen.get(key);
      if (earlier !== undefined) {
        if (earlier.hash.equals(hash)) repeats.push({ index, first: earlier.index });
        else answers[index] = reused(read.root);
        continue;
      }
      const admission = admit(request, register, { now, root: read.root });
      if (admission instanceof Refusal) {
        answers[index] = admission;
        continue;
      }
      chosen.set(key, { index, hash });
      candidates.push(this.#candidate(index, read.clientId, hash, admission, now));
    }
    return { candidates, repeats };
  }

  #candidate(index: number, clientId: string, requestHash: Buffer, admission: Admissible, now: Date): Candidate {
    const { request, merchant, businessLine } = admission;
    const payoutId = randomUUIDv7();
    return {
      index,
      windowMs: duplicateWindowMs(merchant, businessLine, this.config.duplicateWindowMs),
      recorded: { clientId, requestId: request.requestId, payoutId, requestHash },
      payout: {
        payoutId,
        clientId,
        requestId: request.requestId,
        shard: shardOf(merchant.merchantId, this.config.shards),
        merchantId: merchant.merchantId,
        businessLine: businessLine.code,
        amountMinor: admission.amountMinor,
        payeeCipher: this.cipher.encrypt(payeeText(request.payee), payoutId),
        payeeHash: this.cipher.findingHash(request.payee.accountNumber),
        payeeMasked: maskAccountNumber(request.payee.accountNumber),
        bankCode: request.payee.bankCode,
        payeeCategory: request.payeeCategory,
        purpose: request.purpose,
        instructionReference: request.instructionReference,
        latestBy: admission.latestBy,
        dispatchOrder: dispatchOrder({ queuedAt: now, linePriority: businessLine.priority, merchantPriority: merchant.priority }),
      },
    };
  }

  /** Answers the payouts that are new, with the state they were admitted in. */
  async #insert(tx: Tx, candidates: readonly Candidate[], now: Date): Promise<ReadonlyMap<string, 'QUEUED' | 'HELD'>> {
    if (candidates.length === 0) return new Map();
    const byKey = candidates.map((candidate) => candidate.recorded).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const inserted = await this.payouts.insertRequests(tx, byKey);
    const fresh = candidates.filter(({ payout }) => inserted.has(payout.payoutId));
    if (fresh.length === 0) return new Map();
    const suspicions = await this.#suspicions(tx, fresh, now);
    const queued = fresh.filter(({ payout }) => !suspicions.has(payout.payoutId)).map(({ payout }) => payout);
    const given = { now, businessDate: businessDateOf(now) };
    if (queued.length > 0) {
      await this.payouts.insertMany(tx, queued, { ...given, state: 'QUEUED', reasonCode: null });
      await this.queue.insertMany(tx, queued);
    }
    if (suspicions.size > 0) {
      const held = fresh.filter(({ payout }) => suspicions.has(payout.payoutId)).map(({ payout }) => payout);
      await this.payouts.insertMany(tx, held, { ...given, state: 'HELD', reasonCode: DUPLICATE_SUSPECTED });
      await this.duplicates.insertSuspicions(tx, suspicions, now);
    }
    const admitted = fresh.map(({ payout }) => {
      const isSuspect = suspicions.has(payout.payoutId);
      return { ...payout, state: isSuspect ? ('HELD' as const) : ('QUEUED' as const), reasonCode: isSuspect ? DUPLICATE_SUSPECTED : null };
    });
    const at = now.toISOString();
    await this.tell.execute(tx, admitted.map((payout) => resultOf({ ...payout, toldSequence: 1, railReference: null }, at)));
    return new Map(admitted.map(({ payoutId, state }) => [payoutId, state]));
  }

  /** Payouts that look like a second asking for the same, by the earlier one. No statement where nobody wants it. */
  async #suspicions(tx: Tx, fresh: readonly Candidate[], now: Date): Promise<ReadonlyMap<string, string>> {
    const watched = fresh.filter(({ windowMs }) => windowMs > 0).map(({ payout, windowMs }) => ({ ...payout, windowMs }));
    if (watched.length === 0) return new Map();
    return suspectDuplicates(watched, await this.duplicates.watch(tx, watched, now), now);
  }
}

function repeated(answer: Admission | null): Admission | null {
  return answer === null || answer instanceof Refusal ? answer : { ...answer, isNew: false };
}

function reused(root: string): Refusal {
  return PAYOUT_REFUSALS.REQUEST_ID_REUSED({ violations: [{ field: root === '' ? 'requestId' : `${root}.requestId`, rule: 'is new, or names the same content as before' }] });
}

/** A space cannot stand in a request id, so two keys never read as one. */
function keyOf({ clientId, requestId }: { clientId: string; requestId: string }): string {
  return `${clientId} ${requestId}`;
}
