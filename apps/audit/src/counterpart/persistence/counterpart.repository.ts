import { Injectable } from '@nestjs/common';
import type { AttemptsConcludedV1, LegSettledV1, PayoutsReturnedV1, ReceiptsCountedV1, SessionAdvancedV1 } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { parseAmount, parseSignedAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';

/** What other services told. Each message is kept with one statement for its whole batch; what is there already stays. */
@Injectable()
export class CounterpartRepository {
  async insertPayouts(tx: Tx, messages: readonly AttemptsConcludedV1[]): Promise<void> {
    const rows = messages.flatMap(({ clearingHouse, attempts }) => attempts.map((attempt) => ({ clearingHouse, ...attempt })));
    if (rows.length === 0) return;
    await tx.execute(
      `WITH inserted AS (
         INSERT INTO own_payout (clearing_house, clearing_date, serial_number, amount, has_succeeded, payout_id)
         SELECT unnest($1::text[]), unnest($2::date[]), unnest($3::text[]), unnest($4::bigint[]), unnest($5::boolean[]), unnest($6::uuid[]) ON CONFLICT DO NOTHING
         RETURNING clearing_house, clearing_date, amount, has_succeeded
       )
       INSERT INTO own_payout_day (clearing_house, clearing_date, attempt_count, success_total)
       SELECT clearing_house, clearing_date, count(*), coalesce(sum(amount) FILTER (WHERE has_succeeded), 0) FROM inserted GROUP BY 1, 2 ORDER BY 1, 2
       ON CONFLICT (clearing_house, clearing_date) DO UPDATE
         SET attempt_count = own_payout_day.attempt_count + excluded.attempt_count, success_total = own_payout_day.success_total + excluded.success_total`,
      [
        rows.map((row) => row.clearingHouse),
        rows.map((row) => row.clearingDate),
        rows.map((row) => row.serialNumber),
        rows.map((row) => minorOf(row.amount)),
        rows.map((row) => row.conclusion === 'SUCCEEDED'),
        rows.map((row) => row.payoutId),
      ],
    );
  }

  async insertReturns(tx: Tx, messages: readonly PayoutsReturnedV1[]): Promise<void> {
    const rows = messages.flatMap(({ clearingHouse, returns }) => returns.map((one) => ({ clearingHouse, ...one })));
    if (rows.length === 0) return;
    await tx.execute(
      `INSERT INTO own_return (return_id, clearing_house, clearing_date, serial_number, amount, payout_id)
       SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::bigint[], $6::uuid[]) ON CONFLICT DO NOTHING`,
      [
        rows.map((row) => row.returnId),
        rows.map((row) => row.clearingHouse),
        rows.map((row) => row.clearingDate),
        rows.map((row) => row.serialNumber),
        rows.map((row) => minorOf(row.amount)),
        rows.map((row) => row.payoutId),
      ],
    );
  }

  async insertMovements(tx: Tx, messages: readonly LegSettledV1[]): Promise<void> {
    if (messages.length === 0) return;
    await tx.execute(
      `INSERT INTO transfer_movement (movement_id, order_id, leg_number, effect, account_id, clearing_house, amount, serial_number, value_date, settled_at)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::uuid[], $6::text[], $7::bigint[], $8::text[], $9::date[], $10::timestamptz[]) ON CONFLICT DO NOTHING`,
      [
        ...[messages.map((m) => m.movementId), messages.map((m) => m.orderId), messages.map((m) => m.legNumber), messages.map((m) => m.effect)],
        ...[messages.map((m) => m.accountId), messages.map((m) => m.clearingHouse ?? null)],
        messages.map((m) => (m.effect === 'SENT' ? -minorOf(m.amount) : minorOf(m.amount))),
        ...[messages.map((m) => m.serialNumber), messages.map((m) => m.valueDate), messages.map((m) => m.settledAt)],
      ],
    );
  }

  /** Totals: the one counted last holds. */
  async upsertReceipts(tx: Tx, messages: readonly ReceiptsCountedV1[]): Promise<void> {
    for (const { clearingHouse, clearingDate, channel, total, countedAt } of messages) {
      await tx.execute(
        `INSERT INTO own_receipts (clearing_house, clearing_date, channel, total, counted_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (clearing_house, clearing_date, channel) DO UPDATE SET total = excluded.total, counted_at = excluded.counted_at
         WHERE own_receipts.counted_at <= excluded.counted_at`,
        [clearingHouse, clearingDate, channel, minorOf(total), countedAt],
      );
    }
  }

  /** A session goes on in the order of its messages; what was told earlier never undoes what was told later. */
  async upsertSessions(tx: Tx, messages: readonly SessionAdvancedV1[]): Promise<void> {
    for (const { clearingHouse, clearingDate, state, payouts, returns, receipts, net, settledTo, advancedAt } of messages) {
      await tx.execute(
        `INSERT INTO clearing_session (clearing_house, clearing_date, state, payouts, returns, receipts, net, settled_to, advanced_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (clearing_house, clearing_date) DO UPDATE SET state = excluded.state, payouts = excluded.payouts, returns = excluded.returns, receipts = excluded.receipts,
           net = excluded.net, settled_to = excluded.settled_to, advanced_at = excluded.advanced_at
         WHERE clearing_session.advanced_at <= excluded.advanced_at AND clearing_session.state <> 'SETTLED'`,
        [clearingHouse, clearingDate, state, minorOf(payouts), minorOf(returns), minorOf(receipts), signedOf(net), settledTo ?? null, advancedAt],
      );
    }
  }
}

function minorOf(text: string): bigint {
  const minor = parseAmount(text);
  invariant(minor !== null, 'the contract has checked the amount');
  return minor;
}

function signedOf(text: string): bigint {
  const minor = parseSignedAmount(text);
  invariant(minor !== null, 'the contract has checked the amount');
  return minor;
}
