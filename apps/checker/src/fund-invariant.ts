import type pg from 'pg';
import { counted, rowsOf, type CheckOptions, type Invariant, type Looked, type Offenders } from './invariant.ts';

/** The rules that may touch client money and own money in one entry, each in lines that sum to zero by themselves, and what may undo such an entry. */
const RULES_OF_BOTH = ['fee-income-arrived.v1', 'fee-income-paid-by-house.v1', 'interest-on-client-account.v1', 'charge-on-client-account.v1'];

/** Whose money each account is about, by what stands before the first point of its code, and whether it is something that client money is made of. */
const ACCOUNTS = `account AS MATERIALIZED (
  SELECT id, code,
         CASE WHEN unit <> 'CNY' THEN 'QUOTA'
              WHEN head IN ('1101', '2101') THEN split_part(code, '.', 2)
              WHEN head IN ('1001', '1002', '1004', '1006', '1201', '1202', '1301', '2001', '2002', '2201') THEN 'CLIENT'
              WHEN head IN ('1003', '1005', '1302', '2301', '3001', '4001', '4002', '5001') THEN 'OWN'
              ELSE 'NOBODY' END AS fund,
         head IN ('1001', '1002', '1004') OR code = '1101.CLIENT' AS is_place,
         head IN ('1001', '1002', '1004', '1006', '1201', '1202', '1301') OR code = '1101.CLIENT' AS is_client_money
  FROM (SELECT *, split_part(code, '.', 1) AS head FROM ledger.internal_account) a
)`;

export const N8: Invariant = {
  id: 'N8',
  sentence: 'client money is never negative, at any place or in all, and never mixed with our own',
  async examine({ ours }, options, offenders) {
    await mixedEntries(ours, offenders);
    return await closingsBelowZero(ours, options, offenders);
  },
};

interface TouchedFunds {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly rule: string;
  readonly made_by: string;
  readonly reference: string;
  readonly client: string;
  readonly own: string;
  readonly is_both: boolean;
  readonly is_nobodys: boolean;
}

/** One look at all lines: entries whose funds do not balance by themselves, that touch both without being meant to, or that touch neither. */
async function mixedEntries(ours: pg.Client, offenders: Offenders): Promise<void> {
  const touched = rowsOf<TouchedFunds>(
    ours,
    `WITH ${ACCOUNTS}, funds AS (
       SELECT batch_id, entry_number, coalesce(sum(amount) FILTER (WHERE fund = 'CLIENT'), 0) AS client, coalesce(sum(amount) FILTER (WHERE fund = 'OWN'), 0) AS own,
              bool_or(fund = 'CLIENT') AND bool_or(fund = 'OWN') AS is_both, bool_or(fund NOT IN ('CLIENT', 'OWN', 'QUOTA')) AS is_nobodys
       FROM ledger.journal_line l JOIN account a ON a.id = l.account_id GROUP BY batch_id, entry_number
     )
     SELECT e.id, e.rule, coalesce(r.rule, e.rule) AS made_by, e.reference, f.client::text, f.own::text, f.is_both, f.is_nobodys
     FROM funds f JOIN ledger.journal_entry e USING (batch_id, entry_number) LEFT JOIN ledger.journal_entry r ON r.id = e.reverses WHERE f.is_both OR f.is_nobodys`,
  );
  for await (const { id, rule, made_by: madeBy, reference, client, own, is_both: isBoth, is_nobodys: isNobodys } of touched) {
    const named = `id=${id} rule=${rule} reference=${reference}`;
    if (isNobodys) offenders.add('an entry on an account that is about nobody\'s money', named);
    // An entry whose lines do not sum to zero at all is told by N2.
    if (client !== '0' && own !== '0') offenders.add('an entry that makes client money own money, or the reverse', `${named} client=${client} own=${own}`);
    if (isBoth && !RULES_OF_BOTH.includes(madeBy)) offenders.add('an entry of client and own money that no rule is named for', named);
  }
}

interface Day {
  readonly [column: string]: unknown;
  readonly value_date: string;
  readonly code: string;
  readonly is_place: boolean;
  readonly moved: string;
}

/** By value date, since messages of one day are booked in any order. The last day is judged when nothing is under way any more. */
async function closingsBelowZero(ours: pg.Client, options: CheckOptions, offenders: Offenders): Promise<Looked> {
  const closings = new Closings(offenders);
  const moved = rowsOf<Day>(
    ours,
    `WITH ${ACCOUNTS}
     SELECT e.value_date::text, a.code, a.is_place, sum(l.amount)::text AS moved
     FROM ledger.journal_line l JOIN account a ON a.id = l.account_id JOIN ledger.journal_entry e USING (batch_id, entry_number)
     WHERE a.is_client_money GROUP BY e.value_date, a.code, a.is_place ORDER BY e.value_date, a.code`,
  );
  for await (const row of moved) closings.take(row);
  if (options.isQuiescent) closings.closeDay();
  const { entries = 0n } = await counted(ours, { entries: "ledger.journal_entry WHERE unit = 'CNY'" });
  return { 'entries of money': entries, places: BigInt(closings.places.size), 'closings of days': closings.dayCount };
}

/** Balances of client money at the end of each day, account by account and in all. */
class Closings {
  readonly places = new Map<string, bigint>();
  dayCount = 0n;
  #inAll = 0n;
  #day: string | null = null;
  readonly #offenders: Offenders;

  constructor(offenders: Offenders) {
    this.#offenders = offenders;
  }

  take({ value_date: day, code, is_place: isPlace, moved }: Day): void {
    if (this.#day !== null && this.#day !== day) this.closeDay();
    this.#day = day;
    this.#inAll += BigInt(moved);
    if (isPlace) this.places.set(code, (this.places.get(code) ?? 0n) + BigInt(moved));
  }

  /** What clients have in all is judged once the books hold money at a place: before opening balances are booked, they show only what moved. */
  closeDay(): void {
    if (this.#day === null) return;
    this.dayCount += 1n;
    for (const [code, balance] of this.places) {
      if (balance < 0n) this.#offenders.add('a place of client money below zero at the end of a day', `account=${code} value_date=${this.#day} balance=${balance}`);
    }
    if (this.#inAll < 0n && this.places.size > 0) this.#offenders.add('client money in all below zero at the end of a day', `value_date=${this.#day} balance=${this.#inAll}`);
  }
}
