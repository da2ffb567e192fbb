import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, clearingDateOf, type Clock } from '@jinku/calendar';
import type { RailSession } from '@jinku/connectors';
import { sessionAdvancedV1, type ClearingHouse } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import { Database, type Tx } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { BufferRepository } from '../../buffer/persistence/buffer.repository.ts';
import type { HousePolicy } from '../../policy/domain/house-policy.ts';
import { QuotaPolicyRepository } from '../../policy/persistence/quota-policy.repository.ts';
import { Alert } from '../../position/domain/institution-book.ts';
import { QuotaRepository } from '../../quota/persistence/quota.repository.ts';
import { agrees, isReflectedBy, mappedAfterSettlement, netOf, sessionStates, type ClearingSessionState, type SessionFigures } from '../domain/clearing-session.ts';
import { SessionRepository, type StoredSession } from '../persistence/session.repository.ts';
import { RecountHouse } from './recount-house.ts';

/** Looks at a result one after the other that our counts do not agree with, before it is disputed: what was late by seconds has come by then. */
const DISAGREEMENTS_NEEDED = 3;

/** One house's sessions, as far as its word and our own counts take them. Everything of one session happens under the lock of its house. */
@Injectable()
export class AdvanceSession {
  constructor(
    private readonly database: Database,
    private readonly quotas: QuotaRepository,
    private readonly sessions: SessionRepository,
    private readonly policies: QuotaPolicyRepository,
    private readonly buffers: BufferRepository,
    private readonly recount: RecountHouse,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  /** Opens today's session, closes those whose date is over, and answers which of the others the house is to be asked about. */
  async cut(clearingHouse: ClearingHouse): Promise<StoredSession[]> {
    return this.database.transaction(async (tx) => {
      await this.quotas.lock(tx, clearingHouse);
      const { dayCut } = await this.#policy(tx, clearingHouse);
      const at = this.clock.now();
      const today = clearingDateOf(at, dayCut);
      await this.sessions.ensure(tx, clearingHouse, [today], at);
      const over = (await this.sessions.listUnsettled(tx, clearingHouse)).filter(({ state, clearingDate }) => state === 'OPEN' && clearingDate < today);
      for (const session of over) await this.#move(tx, session, 'CLOSED', session.own);
      if (over.length > 0) await this.recount.execute(tx, clearingHouse);
      return (await this.sessions.listUnsettled(tx, clearingHouse)).filter(({ state }) => state !== 'OPEN');
    });
  }

  /** Takes what the house says about one session. */
  async hear(clearingHouse: ClearingHouse, told: RailSession): Promise<void> {
    if (told.state === 'OPEN') return;
    await this.database.transaction(async (tx) => {
      await this.quotas.lock(tx, clearingHouse);
      const policy = await this.#policy(tx, clearingHouse);
      const find = async (): Promise<StoredSession | null> => this.sessions.find(tx, clearingHouse, told.clearingDate);
      const session = await find();
      if (session === null || session.state === 'OPEN' || session.state === 'SETTLED') return;
      const result = { payouts: told.payoutsMinor, returns: told.returnsMinor, receipts: told.receiptsMinor };
      if (session.state === 'CLOSED') await this.#move(tx, session, 'RESULT_RECEIVED', result);
      await this.#judge(tx, await find());
      if (told.settledAt !== null && session.houseSettledAt === null) await this.#houseSettled(tx, { session, policy, result, settledAt: told.settledAt });
      await this.#settle(tx, await find(), policy);
      await this.recount.execute(tx, clearingHouse);
    });
  }

  /** A figure of the house as of then holds every session that it settled before. The caller holds the lock. */
  async reflect(tx: Tx, clearingHouse: ClearingHouse, asOf: Date): Promise<void> {
    const policy = await this.#policy(tx, clearingHouse);
    const held = (await this.sessions.listUnreflected(tx, clearingHouse)).filter((session) => isReflectedBy(policy, session, asOf));
    for (const { id } of held) await this.sessions.setReflected(tx, id);
    if (held.length > 0) await this.recount.execute(tx, clearingHouse);
  }

  async #judge(tx: Tx, session: StoredSession | null): Promise<void> {
    if (session === null || session.result === null) return;
    if (agrees(session.own, session.result)) {
      if (sessionStates.canMove(session.state, 'confirm')) await this.#move(tx, session, 'CONFIRMED', session.result);
      return;
    }
    await this.sessions.noteDisagreement(tx, session.id);
    if (session.state !== 'RESULT_RECEIVED' || session.disagreements + 1 < DISAGREEMENTS_NEEDED) return;
    this.log.error('session-disputed', { alert: Alert.RESULT_DISPUTED, clearingHouse: session.clearingHouse, clearingDate: session.clearingDate });
    await this.#move(tx, session, 'DISPUTED', session.result);
  }

  /** Where the policy says what becomes of the mapping, it is so from here on; a figure of the house that is newer already has it. */
  async #houseSettled(tx: Tx, given: { session: StoredSession; policy: HousePolicy; result: SessionFigures; settledAt: Date }): Promise<void> {
    const { session, policy, result, settledAt } = given;
    await this.sessions.setHouseSettled(tx, session.id, settledAt);
    if (!isReflectedBy(policy, { houseSettledAt: settledAt }, null)) return;
    await this.sessions.setReflected(tx, session.id);
    const quota = await this.quotas.lock(tx, session.clearingHouse);
    if (quota === null || quota.asOf >= settledAt) return;
    const moved = mappedAfterSettlement(policy, { mapped: quota.mapped, net: netOf(policy, result) }) - quota.mapped;
    if (moved === 0n) return;
    await this.quotas.moveMapped(tx, session.clearingHouse, moved);
    await this.buffers.move(tx, { kind: 'MAPPING_MOVED', amount: -moved, reference: session.id, clearingHouse: session.clearingHouse, movedAt: settledAt });
  }

  /** Settled is what the central bank says, too: the house's word waits until the reserve was seen to move. A net of nothing moves nothing. */
  async #settle(tx: Tx, session: StoredSession | null, policy: HousePolicy): Promise<void> {
    if (session === null || session.houseSettledAt === null || session.result === null || !sessionStates.canMove(session.state, 'settle')) return;
    const net = netOf(policy, session.result);
    const moved = await this.sessions.reserveMoved(tx, `${session.clearingHouse}:${session.clearingDate}`);
    if (moved === null && net !== 0n) return;
    const difference = (moved ?? 0n) - net;
    await this.sessions.setSettlementDifference(tx, session.id, difference);
    if (difference !== 0n) this.log.error('settlement-differs', { alert: Alert.SETTLEMENT_DIFFERS, clearingHouse: session.clearingHouse, clearingDate: session.clearingDate });
    await this.#move(tx, session, 'SETTLED', session.result);
  }

  async #move(tx: Tx, session: StoredSession, to: Exclude<ClearingSessionState, 'OPEN'>, figures: SessionFigures): Promise<void> {
    const at = this.clock.now();
    if (!(await this.sessions.move(tx, session, to, { figures, at }))) return;
    const policy = await this.#policy(tx, session.clearingHouse);
    await this.outbox.add(tx, sessionAdvancedV1, {
      sessionId: session.id,
      clearingHouse: session.clearingHouse,
      clearingDate: session.clearingDate,
      state: to,
      payouts: formatAmount(figures.payouts),
      returns: formatAmount(figures.returns),
      receipts: formatAmount(figures.receipts),
      net: formatAmount(netOf(policy, figures)),
      ...(to === 'SETTLED' ? { settledTo: policy.settlementTarget } : {}),
      advancedAt: at.toISOString(),
    });
  }

  async #policy(tx: Tx, clearingHouse: ClearingHouse): Promise<HousePolicy> {
    return (await this.policies.inForce(tx, businessDateOf(this.clock.now()))).houses[clearingHouse];
  }
}
