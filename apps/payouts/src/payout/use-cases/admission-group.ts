import { Injectable } from '@nestjs/common';
import { Database, GroupCommit } from '@jinku/persistence';
import { AdmitPayouts, type Admission, type Admitted, type ReadRequest } from './admit-payouts.ts';

const ITEMS_MAX = 200;
const LINGER_MS = 4;
const FLUSHES_MAX = 2;

/** Requests that come one by one within a few milliseconds share a transaction; each caller is answered after its commit. */
@Injectable()
export class AdmissionGroup {
  readonly #group: GroupCommit<ReadRequest, Admitted>;

  constructor(
    private readonly database: Database,
    private readonly admit: AdmitPayouts,
  ) {
    this.#group = new GroupCommit<ReadRequest, Admitted>({ itemsMax: ITEMS_MAX, lingerMs: LINGER_MS, flushesMax: FLUSHES_MAX, flush: (reads) => this.all(reads) });
  }

  /** Throws the refusal of this request. */
  one(read: ReadRequest): Promise<Admitted> {
    return this.#group.submit(read);
  }

  /** A batch of its own, in one transaction. */
  all(reads: readonly ReadRequest[]): Promise<Admission[]> {
    return this.database.transaction((tx) => this.admit.execute(tx, reads));
  }
}
