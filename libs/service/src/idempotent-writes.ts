import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Database, type Tx } from '@jinku/persistence';
import { once, type IdempotentWrite } from './idempotency.ts';
import { CLOCK } from './tokens.ts';

/** Writes of persons: one transaction each, done once per actor and key. */
@Injectable()
export class IdempotentWrites {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The operation names the write and what it is about, so that one key cannot serve two. */
  execute<T>(write: Omit<IdempotentWrite, 'at'>, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction((tx) => once(tx, { ...write, at: this.clock.now() }, () => work(tx)));
  }
}
