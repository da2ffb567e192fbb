import { Injectable } from '@nestjs/common';
import { payoutResultsReportedV1, PAYOUTS_PER_MESSAGE_MAX, type PayoutResultsReportedV1 } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import type { MovedPayout } from '../domain/payout.ts';

type Result = PayoutResultsReportedV1['results'][number];

export interface ClientResult {
  readonly clientId: string;
  readonly shard: number;
  readonly result: Result;
}

export function resultOf(payout: MovedPayout, at: string): ClientResult {
  const { payoutId, requestId, state, toldSequence, amountMinor, reasonCode, railReference } = payout;
  return {
    clientId: payout.clientId,
    shard: payout.shard,
    result: {
      requestId,
      payoutId,
      state,
      sequence: toldSequence,
      amount: formatAmount(amountMinor),
      currency: 'CNY',
      ...(reasonCode === null ? {} : { reasonCode }),
      ...(railReference === null ? {} : { railReference }),
      at,
    },
  };
}

/** Tells clients what became of their payouts, in the transaction that records it: one message per client and shard of the batch. */
@Injectable()
export class TellResults {
  constructor(private readonly outbox: Outbox) {}

  async execute(tx: Tx, results: readonly ClientResult[]): Promise<void> {
    if (results.length === 0) return;
    const groups = new Map<string, { clientId: string; resultKey: string; results: Result[] }>();
    const messages: PayoutResultsReportedV1[] = [];
    for (const { clientId, shard, result } of results) {
      const resultKey = `${clientId}:${shard}`;
      let group = groups.get(resultKey);
      if (group === undefined || group.results.length >= PAYOUTS_PER_MESSAGE_MAX) {
        group = { clientId, resultKey, results: [] };
        groups.set(resultKey, group);
        messages.push(group);
      }
      group.results.push(result);
    }
    await this.outbox.addMany(tx, payoutResultsReportedV1, messages);
  }
}
