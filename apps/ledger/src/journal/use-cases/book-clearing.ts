import { Injectable } from '@nestjs/common';
import { businessDateOf } from '@jinku/calendar';
import { sessionAdvancedV1, type ReceiptsCountedV1, type SessionAdvancedV1 } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { LinkedAccounts } from '../../internal-account/persistence/linked-accounts.ts';
import { entriesOfReceipts, entriesOfSession } from '../../posting-rule/domain/clearing-entries.ts';
import { minorOf, type RuleContext } from '../../posting-rule/domain/posting-rule.ts';
import { RuleBook } from '../../posting-rule/persistence/rule-book.ts';
import type { EntryDraft } from '../domain/journal-entry.ts';
import { BookedEventRepository } from '../persistence/booked-event.repository.ts';

/** Parents of the accounts that a session may settle to. */
const PARENT_OF_TARGET = { CENTRAL_RESERVE: '1001', VIRTUAL: '1004' } as const;

/** The entries of receipts and sessions, of what is not booked yet. The caller posts them last in its transaction. */
@Injectable()
export class BookClearing {
  readonly #context: RuleContext;

  constructor(
    private readonly booked: BookedEventRepository,
    private readonly linked: LinkedAccounts,
    rules: RuleBook,
  ) {
    this.#context = { newId: uuidv7, versionOf: rules.versionOf };
  }

  /** By the total in the books: an older message or one told again books nothing, one that overtook others books what they would have. */
  async receipts(tx: Tx, message: ReceiptsCountedV1): Promise<EntryDraft[]> {
    const total = minorOf(message.total);
    if (total === 0n) return [];
    const previousTotal = await this.booked.raiseReceipts(tx, { ...message, total });
    return previousTotal === null ? [] : entriesOfReceipts(message, { previousTotal, ...this.#context });
  }

  /** Each state of a session once for ever. The two that move money do not depend on each other's order. */
  async session(tx: Tx, message: SessionAdvancedV1): Promise<EntryDraft[]> {
    if (message.state !== 'CONFIRMED' && message.state !== 'SETTLED') return [];
    const fresh = await this.booked.firstBooked(tx, sessionAdvancedV1.name, [`${message.sessionId}:${message.state}`]);
    if (fresh.size === 0) return [];
    const target = message.state === 'SETTLED' ? await this.targetOf(tx, message) : null;
    return entriesOfSession(message, { valueDate: businessDateOf(new Date(message.advancedAt)), target, ...this.#context });
  }

  private async targetOf(tx: Tx, { settledTo }: SessionAdvancedV1): Promise<string> {
    invariant(settledTo !== undefined, 'a session that settled says where its net went');
    return this.linked.onlyUnder(tx, PARENT_OF_TARGET[settledTo]);
  }
}
