import { Injectable } from '@nestjs/common';
import { entriesRecognisedV1, type EntriesRecognisedV1 } from '@jinku/contracts';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { LinkedAccounts } from '../../internal-account/persistence/linked-accounts.ts';
import { entriesOfRecognised } from '../../posting-rule/domain/recognised-entries.ts';
import { RuleBook } from '../../posting-rule/persistence/rule-book.ts';
import { BookedEventRepository } from '../persistence/booked-event.repository.ts';
import { PostEntries } from './post-entries.ts';

/** Books entries of statements that nobody else books, each once for ever: a statement that is recognised anew books only what is new in it. */
@Injectable()
export class BookRecognisedEntries {
  constructor(
    private readonly booked: BookedEventRepository,
    private readonly linked: LinkedAccounts,
    private readonly rules: RuleBook,
    private readonly postEntries: PostEntries,
  ) {}

  async execute(tx: Tx, messages: readonly EntriesRecognisedV1[]): Promise<void> {
    const fresh = await this.booked.firstBooked(tx, entriesRecognisedV1.name, messages.flatMap(({ entries }) => entries.map((entry) => entry.entryId)));
    const codeOf = await this.linked.codes(tx, messages.map((message) => message.accountId));
    const entries = messages.flatMap(({ accountId, entries: told }) =>
      entriesOfRecognised({ entries: told.filter((entry) => fresh.delete(entry.entryId)) }, { account: codeOf(accountId), newId: uuidv7, versionOf: this.rules.versionOf }),
    );
    await this.postEntries.execute(tx, entries);
  }
}
