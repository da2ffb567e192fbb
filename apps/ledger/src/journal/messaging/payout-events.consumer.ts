import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { attemptsConcludedV1, payoutsDispatchedV1, type AttemptsConcludedV1, type PayoutsDispatchedV1 } from '@jinku/contracts';
import { MessageBatchHandler, uuidv7, type MessageBatch } from '@jinku/messaging';
import { Metrics } from '@jinku/service';
import { entriesOfConclusion, entriesOfDispatch, type RuleContext } from '../../posting-rule/domain/posting-rules.ts';
import { RuleBook } from '../../posting-rule/persistence/rule-book.ts';
import { PostEntries } from '../use-cases/post-entries.ts';

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

  @MessageBatchHandler({ consumer: 'ledger.payout-entries', contracts: [payoutsDispatchedV1, attemptsConcludedV1] })
  async handle(@Payload() batch: MessageBatch): Promise<void> {
    const stop = this.#seconds.startTimer();
    const entries = batch.messages.flatMap((message) =>
      message.type === payoutsDispatchedV1.name
        ? entriesOfDispatch(message.data as PayoutsDispatchedV1, this.#context)
        : entriesOfConclusion(message.data as AttemptsConcludedV1, { messageId: message.id, ...this.#context }),
    );
    await this.postEntries.execute(batch.tx, entries);
    batch.tx.afterCommit(() => this.#postings.inc(entries.reduce((lines, entry) => lines + entry.lines.length, 0)));
    stop();
  }
}
