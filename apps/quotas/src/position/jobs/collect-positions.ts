import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { BalanceRail } from '@jinku/connectors';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { EVENT_LOG, type EventLog } from '@jinku/service';
import { BALANCE_RAILS, QUOTAS_CONFIG, type QuotasConfig } from '../../config.ts';
import { RecordReserve } from '../../buffer/use-cases/record-reserve.ts';
import { PositionRepository, type PositionAccount } from '../persistence/position.repository.ts';
import { RecordPosition } from '../use-cases/record-position.ts';

/** Asks for the balance of every account that has a connector here. An answer that is not definite changes nothing: the balance grows older on the board. */
@Injectable()
export class CollectPositions implements OnModuleInit {
  constructor(
    private readonly doorbells: Doorbells,
    private readonly database: Database,
    private readonly positions: PositionRepository,
    private readonly recordPosition: RecordPosition,
    private readonly recordReserve: RecordReserve,
    @Inject(BALANCE_RAILS) private readonly rails: ReadonlyMap<string, BalanceRail>,
    @Inject(QUOTAS_CONFIG) private readonly config: QuotasConfig,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: 'quotas.positions', sweepEveryMs: this.config.positionPollMs, run: () => this.run() });
  }

  /** All at once: one bank that hangs makes no other's balance older. */
  async run(): Promise<void> {
    const accounts = await this.positions.listCollected(this.database);
    await Promise.all(accounts.map((account) => this.#collect(account)));
  }

  async #collect({ accountId, accountClass, accountNumber, connectorType }: PositionAccount): Promise<void> {
    const rail = this.rails.get(connectorType ?? '');
    if (rail === undefined) return;
    const { balanceMinor: balance, asOf, detail } = await rail.readBalance(accountNumber, { timeoutMs: this.config.callTimeoutMs });
    if (balance === null || asOf === null) {
      this.log.warn('balance-not-read', { accountId, detail });
      return;
    }
    await this.database.transaction(async (tx) => {
      await this.recordPosition.execute(tx, { accountId, balance, source: 'QUERY', asOf });
      if (accountClass === 'CENTRAL_RESERVE') await this.recordReserve.observe(tx, { balance, asOf });
    });
  }
}
