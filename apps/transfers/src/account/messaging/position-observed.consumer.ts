import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { positionObservedV1, type PositionObservedV1 } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { parseAmount } from '@jinku/money';
import { JudgeRules } from '../../transfer-rule/use-cases/judge-rules.ts';
import { PositionRepository, type Observation } from '../persistence/position.repository.ts';

/** A position is kept, and the rules over it are judged in the same transaction: an order stands as soon as the position that triggers it does. */
@Controller()
export class PositionObservedConsumer {
  constructor(
    private readonly positions: PositionRepository,
    private readonly judge: JudgeRules,
  ) {}

  @MessageBatchHandler({ consumer: 'transfers.positions', contracts: [positionObservedV1] })
  async handle(@Payload() batch: MessageBatch<PositionObservedV1>): Promise<void> {
    // In the order of the accounts, for each is locked: two batches never wait for each other crosswise.
    const observed = batch.messages.map(({ data }) => observationOf(data)).sort((a, b) => (a.accountId < b.accountId ? -1 : 1));
    const moved = new Set<string>();
    for (const observation of observed) if (await this.positions.observe(batch.tx, observation)) moved.add(observation.accountId);
    for (const accountId of moved) await this.judge.onPosition(batch.tx, accountId);
  }
}

function observationOf({ observationId, accountId, balance, source, asOf, observedAt }: PositionObservedV1): Observation {
  const balanceMinor = parseAmount(balance);
  invariant(balanceMinor !== null, 'the contract has checked the amount');
  return { observationId, accountId, balanceMinor, source, asOf: new Date(asOf), observedAt: new Date(observedAt) };
}
