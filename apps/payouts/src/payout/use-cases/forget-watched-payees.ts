import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { DUPLICATE_WINDOW_MAX_MS } from '../../config.ts';
import { DuplicateRepository } from '../persistence/duplicate.repository.ts';

const FORGOTTEN_MAX = 5_000;

/** Forgets to whom was paid what, when no window reaches back so far. */
@Injectable()
export class ForgetWatchedPayees {
  constructor(
    private readonly database: Database,
    private readonly duplicates: DuplicateRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers how many; ask again until none is left. */
  execute(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - DUPLICATE_WINDOW_MAX_MS);
    return this.duplicates.forget(this.database, { before, countMax: FORGOTTEN_MAX });
  }
}
