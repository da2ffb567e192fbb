import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Database, type Tx } from '@jinku/persistence';
import { CLOCK, once, type Actor } from '@jinku/service';

export interface Write {
  readonly actor: Actor;
  readonly key: string;
  /** Names the write and what it is about, so that one key cannot serve two. */
  readonly operation: string;
  readonly content: unknown;
}

/** Writes of persons: one transaction each, done once per key. */
@Injectable()
export class IdempotentWrites {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute<T>(write: Write, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction((tx) => once(tx, { ...write, at: this.clock.now() }, () => work(tx)));
  }
}
