import { Injectable } from '@nestjs/common';
import type { PayoutState } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import type { Tx } from '@jinku/persistence';
import type { MovedPayout, NewPayout } from '../domain/payout.ts';
import { payoutStates, stateAfter, type PayoutEvent } from '../domain/payout-state.ts';

/** A request id that is on record: the payout it became, and the hash of its content. */
export interface RecordedRequest {
  readonly clientId: string;
  readonly requestId: string;
  readonly payoutId: string;
  readonly requestHash: Buffer;
}

/** One payout of a batch that goes on by an event. */
export interface PayoutMove {
  readonly payoutId: string;
  readonly event: PayoutEvent;
  readonly reasonCode: string | null;
  readonly railReference: string | null;
}

export interface DispatchedPayout {
  readonly payoutId: string;
  readonly attemptNumber: number;
  readonly merchantId: string;
  readonly businessLine: string;
  readonly amountMinor: bigint;
  readonly payeeCipher: string;
  readonly bankCode: string;
  readonly purpose: string;
}

const MOVED_COLUMNS = `p.payout_id AS "payoutId", p.client_id AS "clientId", p.request_id AS "requestId", p.shard, p.merchant_id AS "merchantId",
  p.business_line AS "businessLine", p.amount_minor AS "amountMinor", p.state, p.told_sequence AS "toldSequence", p.reason_code AS "reasonCode",
  p.rail_reference AS "railReference"`;

@Injectable()
export class PayoutRepository {
  /** Keeps the request ids for ever; answers those of the batch that were new. Pass them in the order of their keys, or two batches may deadlock. */
  async insertRequests(tx: Tx, requests: readonly RecordedRequest[]): Promise<Set<string>> {
    const rows = await tx.query<{ payoutId: string }>(
      `INSERT INTO payout_request (client_id, request_id, payout_id, request_hash)
       SELECT unnest($1::text[]), unnest($2::text[]), unnest($3::uuid[]), unnest($4::bytea[])
       ON CONFLICT (request_id, client_id) DO NOTHING RETURNING payout_id AS "payoutId"`,
      [requests.map((r) => r.clientId), requests.map((r) => r.requestId), requests.map((r) => r.payoutId), requests.map((r) => r.requestHash)],
    );
    return new Set(rows.map((row) => row.payoutId));
  }

  async findRequests(tx: Tx, keys: readonly { clientId: string; requestId: string }[]): Promise<RecordedRequest[]> {
    return tx.query(
      `SELECT r.client_id AS "clientId", r.request_id AS "requestId", r.payout_id AS "payoutId", r.request_hash AS "requestHash"
       FROM unnest($1::text[], $2::text[]) AS k(client_id, request_id) JOIN payout_request r USING (client_id, request_id)
       WHERE r.request_id = ANY($2::text[])`,
      [keys.map((key) => key.clientId), keys.map((key) => key.requestId)],
    );
  }

  /** New payouts enter QUEUED or HELD, told once. */
  async insertMany(
    tx: Tx,
    payouts: readonly NewPayout[],
    given: { now: Date; businessDate: string; state: 'QUEUED' | 'HELD'; reasonCode: string | null },
  ): Promise<void> {
    await tx.execute(
      `INSERT INTO payout (payout_id, client_id, request_id, shard, merchant_id, business_line, amount_minor, payee_cipher, payee_hash, payee_masked,
         bank_code, payee_category, purpose, instruction_reference, latest_by, dispatch_order, received_at, business_date, state, reason_code, told_sequence, updated_at)
       SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::text[]), unnest($4::smallint[]), unnest($5::text[]), unnest($6::text[]), unnest($7::bigint[]),
         unnest($8::text[]), unnest($9::text[]), unnest($10::text[]), unnest($11::text[]), unnest($12::text[]), unnest($13::text[]), unnest($14::text[]),
         unnest($15::timestamptz[]), unnest($16::bigint[]), $17, $18::date, $19, $20, 1, $17`,
      [
        payouts.map((p) => p.payoutId),
        payouts.map((p) => p.clientId),
        payouts.map((p) => p.requestId),
        payouts.map((p) => p.shard),
        payouts.map((p) => p.merchantId),
        payouts.map((p) => p.businessLine),
        payouts.map((p) => p.amountMinor),
        payouts.map((p) => p.payeeCipher),
        payouts.map((p) => p.payeeHash),
        payouts.map((p) => p.payeeMasked),
        payouts.map((p) => p.bankCode),
        payouts.map((p) => p.payeeCategory),
        payouts.map((p) => p.purpose),
        payouts.map((p) => p.instructionReference),
        payouts.map((p) => p.latestBy),
        payouts.map((p) => p.dispatchOrder),
        given.now,
        given.businessDate,
        given.state,
        given.reasonCode,
      ],
    );
    if (given.state === 'HELD') await this.#noteHeld(tx, payouts.map((payout) => payout.payoutId));
  }

  /** The payouts of a claim that were still waiting, now DISPATCHED under their next attempt number, with what the rail must be told. */
  async dispatchMany(tx: Tx, payoutIds: readonly string[], now: Date): Promise<DispatchedPayout[]> {
    return tx.query(
      `UPDATE payout SET state = '${stateAfter('dispatch')}', attempt_count = attempt_count + 1, updated_at = $3
       WHERE payout_id = ANY($1::uuid[]) AND state = ANY($2::text[])
       RETURNING payout_id AS "payoutId", attempt_count AS "attemptNumber", merchant_id AS "merchantId", business_line AS "businessLine",
         amount_minor AS "amountMinor", payee_cipher AS "payeeCipher", bank_code AS "bankCode", purpose`,
      [payoutIds, payoutStates.statesTaking('dispatch'), now],
    );
  }

  /** Moves each payout by its own event, and counts the state as told. A payout that another writer moved first is missing from the answer. */
  async moveMany(tx: Tx, moves: readonly PayoutMove[], now: Date): Promise<MovedPayout[]> {
    if (moves.length === 0) return [];
    const moved = await tx.query<MovedPayout>(
      `UPDATE payout p SET state = m.to_state, told_sequence = p.told_sequence + 1, updated_at = $6,
         reason_code = m.reason_code, rail_reference = coalesce(m.rail_reference, p.rail_reference)
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) AS m(payout_id, to_state, from_states, reason_code, rail_reference)
       WHERE p.payout_id = m.payout_id AND p.payout_id = ANY($1::uuid[]) AND p.state = ANY(string_to_array(m.from_states, ','))
       RETURNING ${MOVED_COLUMNS}`,
      [
        moves.map((move) => move.payoutId),
        moves.map((move) => stateAfter(move.event)),
        moves.map((move) => payoutStates.statesTaking(move.event).join(',')),
        moves.map((move) => move.reasonCode),
        moves.map((move) => move.railReference),
        now,
      ],
    );
    const held = moved.filter(({ state }) => state === 'HELD');
    if (held.length > 0) await this.#noteHeld(tx, held.map((payout) => payout.payoutId));
    if (moves.some(({ event }) => payoutStates.statesTaking(event).includes('HELD'))) {
      await tx.execute('DELETE FROM held_entry WHERE payout_id = ANY($1::uuid[])', [moved.map((payout) => payout.payoutId)]);
    }
    return moved;
  }

  /** Holding is rare: the batches of the hot path have no such statement. */
  async #noteHeld(tx: Tx, payoutIds: readonly string[]): Promise<void> {
    await tx.execute('INSERT INTO held_entry (payout_id) SELECT * FROM unnest($1::uuid[])', [payoutIds]);
  }

  /** Moves one payout; null when it is not in a state that takes the event. */
  async move(tx: Tx, move: PayoutMove, now: Date): Promise<MovedPayout | null> {
    const moved = await this.moveMany(tx, [move], now);
    invariant(moved.length <= 1, 'a payout id names one payout');
    return moved[0] ?? null;
  }

  /** Moves a payout ahead; never back. Its place in the queue follows when it is put there. */
  async moveAhead(tx: Tx, payoutId: string, dispatchOrder: bigint): Promise<void> {
    await tx.execute('UPDATE payout SET dispatch_order = least(dispatch_order, $2) WHERE payout_id = $1', [payoutId, dispatchOrder]);
  }

  /** The payouts as they stand, for answering requests that were known before. */
  async standing(tx: Tx, payoutIds: readonly string[]): Promise<Map<string, MovedPayout>> {
    const rows = await tx.query<MovedPayout>(`SELECT ${MOVED_COLUMNS} FROM payout p WHERE p.payout_id = ANY($1::uuid[])`, [payoutIds]);
    return new Map(rows.map((row) => [row.payoutId, row]));
  }

  async lockState(tx: Tx, payoutId: string): Promise<PayoutState | null> {
    const [row] = await tx.query<{ state: PayoutState }>('SELECT state FROM payout WHERE payout_id = $1 FOR UPDATE', [payoutId]);
    return row?.state ?? null;
  }

  async stateOf(tx: Tx, payoutId: string): Promise<{ state: PayoutState; clientId: string } | null> {
    const [row] = await tx.query<{ state: PayoutState; clientId: string }>('SELECT state, client_id AS "clientId" FROM payout WHERE payout_id = $1', [payoutId]);
    return row ?? null;
  }
}
