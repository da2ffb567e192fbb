import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { attemptsConcludedV1, payoutsDispatchedV1, payoutsReturnedV1, type AttemptsConcludedV1, type PayoutsDispatchedV1, type PayoutsReturnedV1 } from '@jinku/contracts';
import { MessageBatchHandler, uuidv7, type Envelope, type MessageBatch } from '@jinku/messaging';
import { Metrics } from '@jinku/service';
import type { EntryDraft } from '../domain/journal-entry.ts';
import { entriesOfConclusion, entriesOfDispatch, entriesOfReturns } from '../../posting-rule/domain/posting-rules.ts';
import { PostEntries } from '../use-cases/post-entries.ts';

/** Entries may wait a quarter of a second for company: each batch costs a link of the chain and a commit. */
const FETCH_MIN_BYTES = 131_072;

@Controller()
export class PayoutEventsConsumer {
  readonly #postings;
  readonly #seconds;

  constructor(
    private readonly postEntries: PostEntries,
    metrics: Metrics,
  ) {
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
    const entries = batch.messages.flatMap((message) => entriesOf(message));
    await this.postEntries.execute(batch.tx, entries);
    batch.tx.afterCommit(() => this.#postings.inc(entries.reduce((lines, entry) => lines + entry.lines.length, 0)));
    stop();
  }
}

function entriesOf(message: Envelope): EntryDraft[] {
  if (message.type === payoutsDispatchedV1.name) return entriesOfDispatch(message.data as PayoutsDispatchedV1, uuidv7);
  if (message.type === payoutsReturnedV1.name) return entriesOfReturns(message.data as PayoutsReturnedV1, uuidv7);
  return entriesOfConclusion(message.data as AttemptsConcludedV1, { messageId: message.id, newId: uuidv7 });
}
