import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { attemptsConcludedV1, payoutsDispatchedV1, payoutsReturnedV1, type AttemptsConcludedV1, type PayoutsDispatchedV1, type PayoutsReturnedV1 } from '@jinku/contracts';
import { MessageBatchHandler, uuidv7, type Envelope, type MessageBatch } from '@jinku/messaging';
import { Metrics } from '@jinku/service';
import type { EntryDraft } from '../domain/journal-entry.ts';
import { entriesOfConclusion, entriesOfDispatch, entriesOfReturns } from '../../posting-rule/domain/payout-entries.ts';
import type { RuleContext } from '../../posting-rule/domain/posting-rule.ts';
import { RuleBook } from '../../posting-rule/persistence/rule-book.ts';
import { PostEntries } from '../use-cases/post-entries.ts';

/** Entries may wait a quarter of a second for company: each batch costs a link of the chain and a commit. */
const FETCH_MIN_BYTES = 131_072;

@Controller()
export class PayoutEventsConsumer {
  readonly #postings;
  readonly #seconds;
  readonly #context: RuleContext;

  constructor(
    private readonly postEntries: PostEntries,
    rules: RuleBook,
    metrics: Metrics,
  ) {
    this.#context = { newId: uuidv7, versionOf: rules.versionOf };
    this.#postings = metrics.counter('ledger_postings_total', 'Lines posted from the events of payouts');
    this.#seconds = metrics.histogram('ledger_batch_seconds', 'Time to post one batch of the events of payouts');
  }

  @MessageBatchHandler({
    consumer: 'ledger.payout-entries',
    contracts: [payoutsDispatchedV1, attemptsConcludedV1, payoutsReturnedV1],
    fetchMinBytes: FETCH_MIN_BYTES,
  })
  async handle(@Payload() batch: MessageBatch): Promise<void> {
    const stop = this.#seconds.startTimer();
    const entries = batch.messages.flatMap((message) => entriesOf(message, this.#context));
    await this.postEntries.execute(batch.tx, entries);
    batch.tx.afterCommit(() => this.#postings.inc(entries.reduce((lines, entry) => lines + entry.lines.length, 0)));
    stop();
  }
}

function entriesOf(message: Envelope, context: RuleContext): EntryDraft[] {
  if (message.type === payoutsDispatchedV1.name) return entriesOfDispatch(message.data as PayoutsDispatchedV1, context);
  if (message.type === payoutsReturnedV1.name) return entriesOfReturns(message.data as PayoutsReturnedV1, context);
  return entriesOfConclusion(message.data as AttemptsConcludedV1, { messageId: message.id, ...context });
}
