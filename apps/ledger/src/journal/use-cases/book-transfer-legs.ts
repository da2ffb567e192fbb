import { Injectable } from '@nestjs/common';
import { legSettledV1, type LegSettledV1 } from '@jinku/contracts';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { LinkedAccounts } from '../../internal-account/persistence/linked-accounts.ts';
import { entriesOfLeg } from '../../posting-rule/domain/transfer-entries.ts';
import { RuleBook } from '../../posting-rule/persistence/rule-book.ts';
import { BookedEventRepository } from '../persistence/booked-event.repository.ts';
import { PostEntries } from './post-entries.ts';

/** Books what legs of transfer orders definitely moved, each movement once for ever. */
@Injectable()
export class BookTransferLegs {
  constructor(
    private readonly booked: BookedEventRepository,
    private readonly linked: LinkedAccounts,
    private readonly rules: RuleBook,
    private readonly postEntries: PostEntries,
  ) {}

  async execute(tx: Tx, legs: readonly LegSettledV1[]): Promise<void> {
    const fresh = await this.booked.firstBooked(tx, legSettledV1.name, legs.map((leg) => leg.movementId));
    // A movement that stands twice in one batch is taken at its first place.
    const due = legs.filter((leg) => fresh.delete(leg.movementId));
    const codeOf = await this.linked.codes(tx, due.map((leg) => leg.accountId));
    const entries = due.flatMap((leg) => entriesOfLeg(leg, { account: codeOf(leg.accountId), newId: uuidv7, versionOf: this.rules.versionOf }));
    await this.postEntries.execute(tx, entries);
  }
}
