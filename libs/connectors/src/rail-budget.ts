import type { Clock } from '@jinku/calendar';
import type { Queryable } from '@jinku/persistence';

/** What a request to a rail is charged to. Inquiries have a share that submits cannot take. */
export const BudgetKind = { SUBMIT: 'SUBMIT', INQUIRY: 'INQUIRY' } as const;
export type BudgetKind = (typeof BudgetKind)[keyof typeof BudgetKind];

/**
 * Table `rail_budget`, one row per connector: requests per window of wall time, the part of it reserved for inquiries, and what this
 * window's leases have taken. The row is this service's share of what the rail allows the institution.
 */
export function railBudgetTableSql(role: string): string {
  return `
    CREATE TABLE rail_budget (
      connector text PRIMARY KEY,
      window_ms integer NOT NULL CHECK (window_ms BETWEEN 100 AND 86400000),
      requests_per_window integer NOT NULL CHECK (requests_per_window > 0),
      inquiries_reserved integer NOT NULL CHECK (inquiries_reserved BETWEEN 0 AND requests_per_window),
      window_number bigint NOT NULL DEFAULT 0,
      submits_taken integer NOT NULL DEFAULT 0 CHECK (submits_taken >= 0),
      inquiries_taken integer NOT NULL DEFAULT 0 CHECK (inquiries_taken >= 0)
    );
    GRANT SELECT, INSERT, UPDATE ON rail_budget TO ${role};
  `;
}

export interface BudgetAllowance {
  readonly windowMs: number;
  readonly requestsPerWindow: number;
  /** Of these, kept for inquiries whatever submits want. */
  readonly inquiriesReserved: number;
}

/** Sets what a connector may spend; what this window has taken already stays taken. */
export async function setRailAllowance(database: Queryable, connector: string, allowance: BudgetAllowance): Promise<void> {
  await database.query(
    `INSERT INTO rail_budget (connector, window_ms, requests_per_window, inquiries_reserved) VALUES ($1, $2, $3, $4)
     ON CONFLICT (connector) DO UPDATE SET window_ms = excluded.window_ms,
       requests_per_window = excluded.requests_per_window, inquiries_reserved = excluded.inquiries_reserved`,
    [connector, allowance.windowMs, allowance.requestsPerWindow, allowance.inquiriesReserved],
  );
}

/** The server's clock counts the windows, so that all replicas count alike. Fixed for one statement. */
const EPOCH_MS = '(extract(epoch FROM statement_timestamp()) * 1000)';
const WINDOW = `floor(${EPOCH_MS} / b.window_ms)::bigint`;

/**
 * A statement that waited for the row may be one window behind it and then counts towards the row's. Ten behind means that the server's
 * clock was set back: the row follows it.
 */
const isNewWindow = (row: 'b' | 'old'): string => {
  const window = WINDOW.replace('b.window_ms', `${row}.window_ms`);
  return `(${window} > ${row}.window_number OR ${window} < ${row}.window_number - 10)`;
};
const taken = (column: string, row: 'b' | 'old' = 'b'): string => `(CASE WHEN ${isNewWindow(row)} THEN 0 ELSE ${row}.${column} END)`;
const TOTAL_LEFT = `b.requests_per_window - ${taken('submits_taken')} - ${taken('inquiries_taken')}`;

const LEASE_SQL = {
  SUBMIT: leaseSql('submits_taken', `least(${TOTAL_LEFT}, b.requests_per_window - b.inquiries_reserved - ${taken('submits_taken')})`),
  INQUIRY: leaseSql('inquiries_taken', TOTAL_LEFT),
} as const;

interface Lease {
  left: number;
  /** The row gave less than was asked: nothing more is to be had in this window. */
  readonly isLast: boolean;
  readonly validUntilMs: number;
}

/** A replica leases so many at once: few updates of the one row, and no replica takes a whole window. */
const LEASE_SIZE = 50;

/**
 * Leases requests against a rail from the connector's row and spends them locally within the window they were leased for; what is not spent
 * lapses. The rail's windows need not begin when ours do: at worst two of ours fall into one of its, so allow half where a rail is strict.
 */
export class RailBudget {
  readonly #database: Queryable;
  readonly #clock: Clock;
  readonly #connector: string;
  readonly #leaseSize: number;
  readonly #leases = new Map<BudgetKind, Lease>();

  constructor(given: { database: Queryable; clock: Clock; connector: string; leaseSize?: number }) {
    this.#database = given.database;
    this.#clock = given.clock;
    this.#connector = given.connector;
    this.#leaseSize = given.leaseSize ?? LEASE_SIZE;
  }

  /** How many of the wanted requests may be sent in this window: from 0 to all. Ask again in the next one for the rest. */
  async take(kind: BudgetKind, wanted: number): Promise<number> {
    const spent = this.#spend(kind, wanted);
    if (spent === wanted || this.#leaseOf(kind)?.isLast === true) return spent;
    const askedAtMs = this.#clock.wallNow();
    const asked = Math.max(wanted - spent, this.#leaseSize);
    const [row] = await this.#database.query<{ granted: number; windowEndsInMs: number }>(LEASE_SQL[kind], [this.#connector, asked]);
    if (row === undefined) throw new Error(`connector ${this.#connector} has no row in rail_budget`);
    const left = this.#leaseOf(kind)?.left ?? 0;
    this.#leases.set(kind, { left: left + row.granted, isLast: row.granted < asked, validUntilMs: askedAtMs + row.windowEndsInMs });
    return spent + this.#spend(kind, wanted - spent);
  }

  #spend(kind: BudgetKind, wanted: number): number {
    const lease = this.#leaseOf(kind);
    if (lease === undefined) return 0;
    const spent = Math.min(lease.left, wanted);
    lease.left -= spent;
    return spent;
  }

  #leaseOf(kind: BudgetKind): Lease | undefined {
    const lease = this.#leases.get(kind);
    if (lease === undefined || lease.validUntilMs > this.#clock.wallNow()) return lease;
    this.#leases.delete(kind);
    return undefined;
  }
}

function leaseSql(column: 'submits_taken' | 'inquiries_taken', left: string): string {
  const other = column === 'submits_taken' ? 'inquiries_taken' : 'submits_taken';
  return `
    UPDATE rail_budget AS b
    SET window_number = CASE WHEN ${isNewWindow('b')} THEN ${WINDOW} ELSE b.window_number END,
        ${column} = ${taken(column)} + greatest(0, least($2::integer, ${left})),
        ${other} = ${taken(other)}
    WHERE connector = $1
    RETURNING new.${column} - ${taken(column, 'old')} AS granted,
      ceil((new.window_number + 1) * new.window_ms - ${EPOCH_MS})::integer AS "windowEndsInMs"`;
}
