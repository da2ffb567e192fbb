import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { sum } from '@jinku/money';
import { Database, type Tx } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { RequestAdjustment } from '../../adjustment/use-cases/request-adjustment.ts';
import { BufferRepository } from '../../buffer/persistence/buffer.repository.ts';
import { QUOTAS_CONFIG, type QuotasConfig } from '../../config.ts';
import { GrantRepository } from '../../grant/persistence/grant.repository.ts';
import type { QuotaPolicy } from '../../policy/domain/quota-policy.ts';
import { QuotaPolicyRepository } from '../../policy/persistence/quota-policy.repository.ts';
import { quotaBook, type Quota } from '../../quota/domain/quota.ts';
import { QuotaRepository } from '../../quota/persistence/quota.repository.ts';
import { JudgeFigure } from '../../quota/use-cases/judge-figure.ts';
import { RequestShift } from '../../shift/use-cases/request-shift.ts';
import { planRelief, type HouseNeed, type Relief } from '../domain/plan-relief.ts';
import { AutomaticActRepository, type AutomaticAct, type RecordedAct } from '../persistence/automatic-act.repository.ts';

/** The same warning is told again after so long, by business time. */
const WARN_AGAIN_AFTER_MS = 600_000;

/** What rules do by themselves: map a house when a policy comes into force, serve the need of a backlog, tell what no rule may do. All under the locks of all houses. */
@Injectable()
export class RelieveHouses {
  constructor(
    private readonly database: Database,
    private readonly quotas: QuotaRepository,
    private readonly grants: GrantRepository,
    private readonly buffers: BufferRepository,
    private readonly policies: QuotaPolicyRepository,
    private readonly acts: AutomaticActRepository,
    private readonly judgeFigure: JudgeFigure,
    private readonly requestShift: RequestShift,
    private readonly requestAdjustment: RequestAdjustment,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUOTAS_CONFIG) private readonly config: QuotasConfig,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  /** Answers how many acts there were. */
  async execute(): Promise<number> {
    return this.database.transaction(async (tx) => {
      const known = await this.quotas.list(tx);
      const quotas: Quota[] = [];
      for (const { clearingHouse } of known) {
        const quota = await this.quotas.lock(tx, clearingHouse);
        if (quota !== null) quotas.push(quota);
      }
      const now = this.clock.now();
      const policy = await this.policies.inForce(tx, businessDateOf(now));
      const last = await this.acts.listLast(tx);
      const mapped = await this.#mapInitially(tx, quotas, { policy, last });
      // What was just mapped is counted from the next time on.
      if (mapped > 0) return mapped;
      const houses: HouseNeed[] = [];
      const differing = await this.judgeFigure.differing(tx);
      for (const quota of quotas) {
        const house = await this.#needOf(tx, quota, last);
        houses.push(differing.has(quota.clearingHouse) ? { ...house, isFrozen: true } : house);
      }
      const { balance } = await this.buffers.lock(tx);
      const buffer = balance === null ? null : balance - (await this.buffers.heldForShifts(tx));
      const planned = planRelief({ houses, buffer, movedToday: await this.acts.movedOn(tx, businessDateOf(now)), policy });
      let acted = 0;
      for (const relief of planned) acted += await this.#act(tx, relief, { policy, last });
      return acted + (await this.#proposeDecrease(tx, { balance, houses, policy, last }));
    });
  }

  async #needOf(tx: Tx, quota: Quota, last: readonly RecordedAct[]): Promise<HouseNeed> {
    const { clearingHouse, mapped, pendingIncreases, asOf } = quota;
    const grants = await this.grants.list(tx, clearingHouse);
    const { free, takeable, ungranted } = quotaBook(quota, grants);
    const now = this.clock.now().getTime();
    const served = last.filter(({ kind, toHouse }) => (kind === 'SHIFT' || kind === 'INCREASE') && toHouse === clearingHouse).map(({ actedAt }) => now - actedAt.getTime());
    return {
      ...{ clearingHouse, mapped, free, takeable },
      need: sum(grants.map((grant) => grant.need)),
      incoming: pendingIncreases + (await this.acts.shiftsTo(tx, clearingHouse)),
      isFrozen: now - asOf.getTime() > this.config.staleAfterMs || (ungranted < 0n && quota.pendingDecreases === 0n),
      sinceLastActMs: served.length === 0 ? null : Math.min(...served),
    };
  }

  async #act(tx: Tx, relief: Relief, { policy, last }: { policy: QuotaPolicy; last: readonly RecordedAct[] }): Promise<number> {
    const { kind, toHouse, amount, reason } = relief;
    if (kind === 'WARNING') return this.#warn(tx, { kind, fromHouse: null, toHouse, amount, reason, subjectId: null }, { policy, last });
    const asked =
      kind === 'SHIFT'
        ? await this.requestShift.execute(tx, { fromHouse: relief.fromHouse, toHouse, amount, reason }, { by: 'RULE' })
        : await this.requestAdjustment.execute(tx, { clearingHouse: toHouse, direction: 'INCREASE', amount, reason }, { actor: null, allowance: 'TO_MINIMUM' });
    await this.#record(tx, { kind, fromHouse: kind === 'SHIFT' ? relief.fromHouse : null, toHouse, amount, reason, subjectId: asked.id }, policy);
    return 1;
  }

  async #mapInitially(tx: Tx, quotas: readonly Quota[], { policy, last }: { policy: QuotaPolicy; last: readonly RecordedAct[] }): Promise<number> {
    let mapped = 0;
    for (const { clearingHouse, mapped: held, pendingIncreases } of quotas) {
      const { balance } = await this.buffers.lock(tx);
      const missing = policy.houses[clearingHouse].initialMapping - held - pendingIncreases;
      if (balance === null || missing <= 0n || (await this.acts.hasMapped(tx, policy.version, clearingHouse))) continue;
      const terms = { fromHouse: null, toHouse: clearingHouse, amount: missing };
      if (balance - (await this.buffers.heldForShifts(tx)) - missing < policy.minimumBuffer) {
        const short = `Policy ${policy.version} maps more to this house than the buffer has above its minimum.`;
        await this.#warn(tx, { kind: 'WARNING', ...terms, reason: short, subjectId: null }, { policy, last });
        continue;
      }
      const reason = `Policy ${policy.version} maps this house out of the buffer when it comes into force.`;
      const asked = await this.requestAdjustment.execute(tx, { clearingHouse, direction: 'INCREASE', amount: missing, reason }, { actor: null, allowance: 'TO_MINIMUM' });
      await this.#record(tx, { kind: 'INITIAL_MAPPING', ...terms, reason, subjectId: asked.id }, policy);
      mapped += 1;
    }
    return mapped;
  }

  /** A negative buffer: more is earmarked than the reserve holds. Taking quota away is for persons; where there is most to spare is said. */
  async #proposeDecrease(tx: Tx, given: { balance: bigint | null; houses: readonly HouseNeed[]; policy: QuotaPolicy; last: readonly RecordedAct[] }): Promise<number> {
    const { balance, houses, policy, last } = given;
    const [most] = houses.toSorted((a, b) => (b.free - b.need > a.free - a.need ? 1 : -1));
    if (balance === null || balance >= 0n || most === undefined) return 0;
    const reason = 'The unallocated buffer is negative; this house has the most free quota beyond its need.';
    return this.#warn(tx, { kind: 'DECREASE_PROPOSED', fromHouse: null, toHouse: most.clearingHouse, amount: -balance, reason, subjectId: null }, { policy, last });
  }

  async #warn(tx: Tx, act: AutomaticAct, { policy, last }: { policy: QuotaPolicy; last: readonly RecordedAct[] }): Promise<number> {
    const before = last.find(({ kind, toHouse }) => kind === act.kind && toHouse === act.toHouse);
    if (before !== undefined && this.clock.now().getTime() - before.actedAt.getTime() < WARN_AGAIN_AFTER_MS) return 0;
    await this.#record(tx, act, policy);
    return 1;
  }

  async #record(tx: Tx, act: AutomaticAct, { version }: QuotaPolicy): Promise<void> {
    const at = this.clock.now();
    await this.acts.insert(tx, act, { policyVersion: version, on: businessDateOf(at), at });
    const note = { kind: act.kind, fromHouse: act.fromHouse, toHouse: act.toHouse, reason: act.reason };
    tx.afterCommit(() => this.log.warn('quota-automatic-act', note));
  }
}
