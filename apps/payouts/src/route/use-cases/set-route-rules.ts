import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database, type Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { DispatchBell } from '../../payout/domain/dispatch-bell.ts';
import { PAYOUT_REFUSALS } from '../../payout/domain/payout-refusals.ts';
import { QueueRepository } from '../../payout/persistence/queue.repository.ts';
import { RouteRepository, type Route, type RouteBank } from '../persistence/route.repository.ts';
import { RouteBook } from './route-book.ts';

/** Changes what routes take. Payouts that stepped aside under the old rules are looked at again. */
@Injectable()
export class SetRouteRules {
  constructor(
    private readonly database: Database,
    private readonly routes: RouteRepository,
    private readonly queue: QueueRepository,
    private readonly book: RouteBook,
    private readonly audit: AuditTrail,
    private readonly bell: DispatchBell,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  setLimit({ route, perItemLimitMinor, actor }: { route: ClearingHouse; perItemLimitMinor: bigint | null; actor: Actor }): Promise<Route[]> {
    return this.database.transaction(async (tx) => {
      const before = (await this.routes.list(tx)).find((one) => one.route === route);
      await this.routes.setLimit(tx, { route, perItemLimitMinor });
      const [old, set] = [before?.perItemLimitMinor ?? null, perItemLimitMinor].map((limit) => ({ perItemLimit: limit === null ? null : formatAmount(limit) }));
      await this.audit.record(tx, { actor, action: 'payouts.set-route-limit', subject: `route:${route}`, before: old, after: set });
      await this.#recall(tx, null);
      return this.routes.list(tx);
    });
  }

  setBank(bank: RouteBank, actor: Actor): Promise<void> {
    return this.database.transaction(async (tx) => {
      const { route, bankCode, isReachable, perItemLimitMinor } = bank;
      if (!(await this.routes.putBank(tx, bank, this.clock.now()))) throw PAYOUT_REFUSALS.UNKNOWN_BANK({ violations: [{ field: 'bankCode', rule: 'is the code of a known bank' }] });
      const after = { isReachable, perItemLimit: perItemLimitMinor === null ? null : formatAmount(perItemLimitMinor) };
      await this.audit.record(tx, { actor, action: 'payouts.put-route-bank', subject: `route:${route}/${bankCode}`, after });
      await this.#recall(tx, bankCode);
    });
  }

  async #recall(tx: Tx, bankCode: string | null): Promise<void> {
    await this.queue.recallAside(tx, { bankCode, now: this.clock.now() });
    tx.afterCommit(() => {
      this.book.forget();
      this.bell.ring();
    });
  }
}
