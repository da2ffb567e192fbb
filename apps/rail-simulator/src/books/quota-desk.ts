import { randomUUID } from 'node:crypto';
import type pg from 'pg';

import { faultOfAdjustment } from '../faults/fault-plan.ts';
import { preventsExecution, tellsLater, type Fault, type FaultKind } from '../faults/fault.ts';
import type { HouseClock } from '../house-clock.ts';
import type { AdjustmentRequest } from '../netsunion/adjustment-request.ts';
import { wireAmount } from '../netsunion/amount.ts';
import type { Code } from '../netsunion/codes.ts';
import type { Place } from '../house/house.ts';
import { lockQuota } from './book-statements.ts';
import { railReferenceOf, type NoticeRow } from './decide.ts';
import type { HouseBooks } from './house-books.ts';
import { insertNotices } from './notice-books.ts';

export interface AdjustmentRow {
  readonly serialNumber: string;
  readonly amountMinor: bigint;
  readonly status: 'ACCEPTED' | 'SUCCEEDED' | 'FAILED' | 'REFUSED';
  readonly code: Code;
  readonly railReference: string;
  readonly concludedAt: Date | null;
}

/** What became of one request; `FORGOTTEN` took no number and changed nothing. */
export type AdjustmentConclusion =
  | { readonly kind: 'TAKEN'; readonly row: AdjustmentRow; readonly fault: Fault | null }
  | { readonly kind: 'DUPLICATE' }
  | { readonly kind: 'FORGOTTEN'; readonly fault: Fault };

export interface QuotaDeskOptions {
  readonly books: HouseBooks;
  readonly place: Place;
  readonly clock: HouseClock;
  readonly onNotices: () => void;
}

/** From the acceptance of an increase to its execution, unless a fault says otherwise. */
const INCREASE_TAKES_MS = 1_000;
/** Between a forged notice and the true one. */
const TRUTH_AFTER_MS = 500;
const ONE_YUAN = 100n;
const LOOK_AGAIN_MS = 1_000;

/**
 * Where one house's mapped quota is adjusted: decreases at once, increases later. Nothing is mapped below what payouts have consumed; receipts are not
 * in the reserve before their settlement, so they cannot be unmapped.
 */
export class QuotaDesk {
  readonly #options: QuotaDeskOptions;
  readonly #inHand = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: QuotaDeskOptions) {
    this.#options = options;
  }

  /** Also carries out what a stop left accepted. */
  open(): void {
    this.#arm(0);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  hasInHand(serialNumber: string): boolean {
    return this.#inHand.has(serialNumber);
  }

  /** Answers after the commit. */
  async submit(request: AdjustmentRequest): Promise<AdjustmentConclusion> {
    this.#inHand.add(request.serialNumber);
    try {
      const conclusion = await this.#options.books.exclusively((client) => this.#decide(client, request));
      if (conclusion.kind === 'TAKEN' && conclusion.row.status === 'ACCEPTED') this.#arm(conclusion.fault?.delayMs ?? INCREASE_TAKES_MS);
      return conclusion;
    } finally {
      this.#inHand.delete(request.serialNumber);
    }
  }

  /** Null for a number that was never taken, and for one that was refused. */
  async find(serialNumber: string): Promise<AdjustmentRow | null> {
    const { rows } = await this.#options.books.pool.query<Omit<AdjustmentRow, 'amountMinor'> & { amountMinor: string }>(
      `SELECT serial_number AS "serialNumber", amount_minor AS "amountMinor", status, code, rail_reference AS "railReference",
              concluded_at AS "concludedAt"
         FROM rails.quota_adjustment WHERE serial_number = $1 AND clearing_house = $2 AND status <> 'REFUSED'`,
      [serialNumber, this.#options.place.clearingHouse],
    );
    const [row] = rows;
    return row === undefined ? null : { ...row, amountMinor: BigInt(row.amountMinor) };
  }

  async #decide(client: pg.ClientBase, request: AdjustmentRequest): Promise<AdjustmentConclusion> {
    const { place, clock, books } = this.#options;
    const { serialNumber, direction, amountMinor } = request;
    const { mappedMinor, consumedMinor } = await lockQuota(client, place);
    const { rows } = await client.query<{ isTaken: boolean; occurrence: number }>(
      `SELECT coalesce(bool_or(serial_number = $1), false) AS "isTaken",
              (count(*) FILTER (WHERE direction = $2 AND amount_minor = $3))::int + 1 AS occurrence FROM rails.quota_adjustment WHERE clearing_house = $4`,
      [serialNumber, direction, amountMinor.toString(), place.clearingHouse],
    );
    if (rows[0]?.isTaken !== false) return { kind: 'DUPLICATE' };
    const subject = { operation: `QUOTA_${direction}` as const, amount: wireAmount(amountMinor), occurrence: rows[0].occurrence };
    const fault = faultOfAdjustment(books.plan, subject);
    if (fault !== null && preventsExecution(fault.kind)) return { kind: 'FORGOTTEN', fault };
    const verdict = verdictOn(request, { fault, wallNow: clock.wallNow(), availableMinor: mappedMinor - consumedMinor });
    const concludedAt = verdict.status === 'ACCEPTED' ? null : clock.now();
    const row: AdjustmentRow = { serialNumber, amountMinor, ...verdict, railReference: railReferenceOf(place, `quota\n${serialNumber}`), concludedAt };
    const delayMs = fault !== null && tellsLater(fault.kind) ? fault.delayMs : INCREASE_TAKES_MS;
    await client.query(
      `INSERT INTO rails.quota_adjustment (serial_number, institution_id, direction, amount_minor, status, code, rail_reference, received_at,
         due_at, concluded_at, fault, clearing_house) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        ...[serialNumber, place.institution, direction, amountMinor.toString(), row.status, row.code, row.railReference, clock.now()],
        ...[row.status === 'ACCEPTED' ? new Date(clock.wallNow() + delayMs) : null, concludedAt, fault?.kind ?? null, place.clearingHouse],
      ],
    );
    if (row.status === 'SUCCEEDED') await this.#map(client, -amountMinor);
    return { kind: 'TAKEN', row, fault };
  }

  #arm(delayMs: number): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#round = this.#carryOutDue();
    }, delayMs);
  }

  async #carryOutDue(): Promise<void> {
    const { books, clock, place, onNotices } = this.#options;
    let waitMs: number | null = LOOK_AGAIN_MS;
    try {
      waitMs = await books.exclusively(async (client) => {
        await lockQuota(client, place);
        const { rows } = await client.query<DueIncrease>(
          `SELECT serial_number AS "serialNumber", amount_minor AS "amountMinor", rail_reference AS "railReference", fault
             FROM rails.quota_adjustment WHERE clearing_house = $1 AND status = 'ACCEPTED' AND due_at <= $2 ORDER BY due_at`,
          [place.clearingHouse, new Date(clock.wallNow())],
        );
        for (const due of rows) await this.#carryOut(client, due);
        const next = await client.query<{ due: Date | null }>(
          "SELECT min(due_at) AS due FROM rails.quota_adjustment WHERE clearing_house = $1 AND status = 'ACCEPTED'",
          [place.clearingHouse],
        );
        const due = next.rows[0]?.due ?? null;
        return due === null ? null : Math.max(0, due.getTime() - clock.wallNow());
      });
      onNotices();
    } catch {
      // The database is away; what was accepted is in it.
      waitMs = LOOK_AGAIN_MS;
    }
    if (waitMs !== null) this.#arm(waitMs);
  }

  async #carryOut(client: pg.ClientBase, due: DueIncrease): Promise<void> {
    const { clock, place } = this.#options;
    const hasFailed = due.fault === 'BUSINESS_FAILURE';
    const now = clock.now();
    const told = { status: hasFailed ? 'FAILED' : 'SUCCEEDED', code: hasFailed ? '0104' : '0000' } as const;
    await client.query('UPDATE rails.quota_adjustment SET status = $2, code = $3, concluded_at = $4 WHERE serial_number = $1 AND clearing_house = $5', [
      due.serialNumber,
      told.status,
      told.code,
      now,
      place.clearingHouse,
    ]);
    if (!hasFailed) await this.#map(client, BigInt(due.amountMinor));
    await insertNotices(client, place.clearingHouse, noticesOf(due, { ...told, occurredAt: now, wallNow: clock.wallNow() }));
  }

  async #map(client: pg.ClientBase, byMinor: bigint): Promise<void> {
    const { place, clock } = this.#options;
    await client.query('UPDATE rails.quota SET mapped_minor = mapped_minor + $3, changed_at = $4 WHERE clearing_house = $1 AND institution_id = $2', [
      place.clearingHouse,
      place.institution,
      byMinor.toString(),
      clock.now(),
    ]);
  }
}

interface DueIncrease {
  readonly serialNumber: string;
  readonly amountMinor: string;
  readonly railReference: string;
  readonly fault: FaultKind | null;
}

function verdictOn(
  { direction, amountMinor, validUntilMs }: AdjustmentRequest,
  { fault, wallNow, availableMinor }: { fault: Fault | null; wallNow: number; availableMinor: bigint },
): Pick<AdjustmentRow, 'status' | 'code'> {
  if (validUntilMs <= wallNow) return { status: 'REFUSED', code: '0302' };
  if (fault?.kind === 'RISK_REFUSAL') return { status: 'REFUSED', code: '0401' };
  if (direction === 'INCREASE') return { status: 'ACCEPTED', code: '0000' };
  if (amountMinor > availableMinor) return { status: 'REFUSED', code: '0301' };
  return fault?.kind === 'BUSINESS_FAILURE' ? { status: 'FAILED', code: '0104' } : { status: 'SUCCEEDED', code: '0000' };
}

function noticesOf(
  { serialNumber, amountMinor, railReference, fault }: DueIncrease,
  { status, code, occurredAt, wallNow }: { status: string; code: string; occurredAt: Date; wallNow: number },
): NoticeRow[] {
  if (fault === 'LOST_NOTICE') return [];
  const honest: NoticeRow = {
    noticeId: randomUUID(),
    kind: 'QUOTA_ADJUSTED',
    serialNumber,
    status,
    code,
    amountMinor: BigInt(amountMinor) + (fault === 'WRONG_AMOUNT_NOTICE' ? ONE_YUAN : 0n),
    clearingDate: null,
    railReference,
    occurredAt,
    isForged: false,
    takesWanted: fault === 'DUPLICATE_NOTICE' ? 2 : 1,
    dueAt: new Date(wallNow),
    detail: null,
  };
  if (fault !== 'FORGED_NOTICE') return [honest];
  const lie: NoticeRow = { ...honest, noticeId: randomUUID(), status: 'FAILED', code: '0104', isForged: true };
  return [lie, { ...honest, dueAt: new Date(wallNow + TRUTH_AFTER_MS) }];
}
