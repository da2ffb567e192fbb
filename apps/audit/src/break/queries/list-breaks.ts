import { Injectable } from '@nestjs/common';
import { businessDateOf, daysBetween, type BusinessDate } from '@jinku/calendar';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import type { CheckCode, Figures } from '../../check/domain/check-result.ts';
import type { BreakKind, BreakState } from '../domain/break-state.ts';

export interface BreakView {
  readonly id: string;
  readonly check: CheckCode;
  readonly subject: string;
  readonly kind: BreakKind;
  readonly businessDate: string;
  readonly reference: string;
  /** Theirs less ours. */
  readonly amount: string;
  readonly evidence: Figures;
  readonly state: BreakState;
  readonly owner: string | null;
  readonly ageDays: number;
  readonly foundAt: string;
  readonly closedAt: string | null;
}

export interface BreakEventView {
  readonly event: string;
  readonly personId: string | null;
  readonly note: string | null;
  readonly recordedAt: string;
}

export interface BreakFilter {
  readonly states?: readonly BreakState[] | undefined;
  readonly check?: CheckCode | undefined;
  readonly kind?: BreakKind | undefined;
  readonly subject?: string | undefined;
  readonly businessDate?: string | undefined;
  readonly owner?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface AgeGroup {
  readonly kind: BreakKind;
  readonly daysFrom: number;
  readonly daysTo: number | null;
  readonly count: number;
  readonly amount: string;
}

type Row = Omit<BreakView, 'amount' | 'ageDays' | 'foundAt' | 'closedAt'> & { amount: bigint; foundAt: Date; closedAt: Date | null };

const SELECT = `SELECT id, check_code AS check, subject, kind, business_date AS "businessDate", reference, amount, evidence, state, owner, found_at AS "foundAt",
  closed_at AS "closedAt" FROM audit_break`;
/** Ages in days at which a group of the ageing list begins. */
const AGE_GROUPS = [0, 2, 4, 8, 31] as const;

@Injectable()
export class ListBreaks {
  constructor(private readonly database: Database) {}

  /** The oldest first; one row more than asked for tells whether there is another page. */
  async page({ states, check, kind, subject, businessDate, owner, after, limit }: BreakFilter, at: Date): Promise<BreakView[]> {
    const rows = await this.database.query<Row>(
      `${SELECT} WHERE ($1::text[] IS NULL OR state = ANY ($1)) AND ($2::text IS NULL OR check_code = $2) AND ($3::text IS NULL OR kind = $3) AND ($4::text IS NULL OR subject = $4)
         AND ($5::date IS NULL OR business_date = $5) AND ($6::text IS NULL OR owner = $6) AND ($7::uuid IS NULL OR id > $7) ORDER BY id LIMIT $8`,
      [states ?? null, check ?? null, kind ?? null, subject ?? null, businessDate ?? null, owner ?? null, after ?? null, limit + 1],
    );
    return rows.map((row) => viewOf(row, at));
  }

  async find(id: string, at: Date): Promise<(BreakView & { readonly events: readonly BreakEventView[] }) | null> {
    const [row] = await this.database.query<Row>(`${SELECT} WHERE id = $1`, [id]);
    if (row === undefined) return null;
    const events = await this.database.query<Omit<BreakEventView, 'recordedAt'> & { recordedAt: Date }>(
      'SELECT event, person_id AS "personId", note, recorded_at AS "recordedAt" FROM audit_break_event WHERE break_id = $1 ORDER BY sequence',
      [id],
    );
    return { ...viewOf(row, at), events: events.map((event) => ({ ...event, recordedAt: event.recordedAt.toISOString() })) };
  }

  /** Open breaks by kind and age. */
  async ageing(at: Date): Promise<AgeGroup[]> {
    const rows = await this.database.query<{ kind: BreakKind; place: number; count: bigint; amount: bigint }>(
      `SELECT kind, width_bucket($1::date - business_date, $2::int[]) AS place, count(*), coalesce(sum(abs(amount)), 0)::bigint AS amount FROM audit_break
       WHERE state IN ('ADDED', 'SUBMITTED') GROUP BY 1, 2 ORDER BY 1, 2`,
      [businessDateOf(at), AGE_GROUPS],
    );
    return rows.map(({ kind, place, count, amount }) => ({
      kind,
      daysFrom: AGE_GROUPS[Math.max(place, 1) - 1] ?? 0,
      daysTo: AGE_GROUPS[Math.max(place, 1)] === undefined ? null : (AGE_GROUPS[Math.max(place, 1)] ?? 0) - 1,
      count: Number(count),
      amount: formatAmount(amount),
    }));
  }
}

/** Age counts from the business date that the difference belongs to until it was closed. */
function viewOf(row: Row, at: Date): BreakView {
  const until = businessDateOf(row.closedAt ?? at);
  return {
    ...row,
    amount: formatAmount(row.amount),
    ageDays: daysBetween({ from: row.businessDate as BusinessDate, to: until }),
    foundAt: row.foundAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
  };
}
