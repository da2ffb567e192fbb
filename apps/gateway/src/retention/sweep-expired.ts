import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.ts';
import { FAILURES_FORGOTTEN_AFTER_MS } from '../person/domain/login-back-off.ts';

const SWEEP_EVERY_MS = 60_000;
const ROWS_PER_SWEEP_MAX = 5_000;

interface Retention {
  readonly table: string;
  readonly column: string;
  readonly before: Date;
}

/** Takes out what has expired: tokens, used assertions, old failures and results that clients had time enough to read. */
@Injectable()
export class SweepExpired implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly doorbells: Doorbells,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.doorbells.register({ name: 'gateway.retention', run: () => this.execute(), sweepEveryMs: SWEEP_EVERY_MS });
  }

  async execute(): Promise<void> {
    for (const retention of this.#retentions()) await this.#sweep(retention);
  }

  #retentions(): readonly Retention[] {
    const wallNow = this.clock.wallNow();
    return [
      { table: 'person_session', column: 'expires_at', before: new Date(wallNow) },
      { table: 'client_access_token', column: 'expires_at', before: new Date(wallNow) },
      { table: 'client_assertion_use', column: 'expires_at', before: new Date(wallNow) },
      { table: 'login_failure', column: 'failed_at', before: new Date(wallNow - FAILURES_FORGOTTEN_AFTER_MS) },
      { table: 'result_message', column: 'received_at', before: new Date(wallNow - this.config.resultsKeptMs) },
    ];
  }

  async #sweep({ table, column, before }: Retention): Promise<void> {
    for (;;) {
      const rows = await this.database.query(
        `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${column} < $1 LIMIT ${ROWS_PER_SWEEP_MAX})) RETURNING 1 AS gone`,
        [before],
      );
      if (rows.length < ROWS_PER_SWEEP_MAX) return;
    }
  }
}
