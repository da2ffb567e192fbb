import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';

import { pageOfInstructions, readCounters, readQuota, type QuotaReading } from '../books/book-queries.ts';
import { lockQuota } from '../books/book-statements.ts';
import type { NoticeRow } from '../books/decide.ts';
import { insertNotices } from '../books/notice-books.ts';
import { clientMovements, collectionTotals } from '../collections/collection-books.ts';
import { faultPlanSchema } from '../faults/fault-plan.ts';
import type { HouseClock } from '../house-clock.ts';
import type { OpenHouse } from '../house/clearing-house.ts';
import { sessionDateAt } from '../house/house.ts';
import { minorOf, wireAmount } from '../netsunion/amount.ts';
import { availableOf } from '../sessions/settlement.ts';
import type { Session } from '../sessions/session-books.ts';
import type { AccountAdmin } from './account-admin.ts';

export interface AdminDoorOptions {
  readonly houses: readonly OpenHouse[];
  readonly pool: pg.Pool;
  readonly institution: string;
  readonly clock: HouseClock;
  readonly onNotices: () => void;
  readonly accounts: AccountAdmin;
}

export interface AdminAnswer {
  readonly status: number;
  readonly content: unknown;
}

const PAGE_MAX = 1_000;

const amountSchema = z.string().transform((text, context) => {
  const minor = minorOf(text);
  if (minor === null) context.addIssue('an amount of yuan with two places, above zero');
  return minor ?? 0n;
});
const quotaSchema = z.strictObject({
  mapped: z.union([z.literal('0.00').transform(() => 0n), amountSchema]),
  /** Forgets what was paid from the old mapping, as after settlement. */
  resetConsumed: z.boolean().default(true),
  notify: z.boolean().default(false),
});
const returnSchema = z.strictObject({ serialNumber: z.string().max(64), amount: amountSchema });
const collectionSchema = z.strictObject({
  channel: z.string().regex(/^[A-Z][A-Z0-9_]{1,31}$/),
  /** The open session's when it is not given; another one is refused. */
  clearingDate: z.iso.date().optional(),
  count: z.int().min(1).max(1_000_000).default(1),
  amount: amountSchema,
});
const settlementSchema = z.strictObject({ clearingDate: z.iso.date() });
const houseSchema = z.enum(['NETSUNION', 'UNIONPAY']);
const pageSchema = z.object({
  status: z.enum(['SUCCEEDED', 'FAILED', 'REFUSED']).nullable(),
  after: z.string().max(64),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX),
});

/** Under this business line the institution's treasury pays for itself and not for clients. */
const TREASURY_LINE = 'TREASURY';

/** What a person or a test tells the house out of band. On loopback, without signatures. */
export class AdminDoor {
  readonly #options: AdminDoorOptions;

  constructor(options: AdminDoorOptions) {
    this.#options = options;
  }

  async handle(method: string, target: string, body: string): Promise<AdminAnswer> {
    const { pathname, searchParams } = new URL(target, 'http://admin');
    try {
      const house = this.#houseOf(searchParams);
      if (house === null) return { status: 404, content: { error: 'NO_SUCH_HOUSE' } };
      const answer = await this.#answer(house, { operation: `${method} ${pathname}`, searchParams, body });
      return answer ?? (await this.#options.accounts.handle(method, pathname, body)) ?? { status: 404, content: { error: 'NO_SUCH_OPERATION' } };
    } catch (error) {
      if (error instanceof z.ZodError) return { status: 400, content: { error: 'INVALID', issues: error.issues } };
      if (error instanceof SyntaxError) return { status: 400, content: { error: 'NOT_JSON' } };
      throw error;
    }
  }

  /** `?house=`; NetsUnion when it is not given. */
  #houseOf(search: URLSearchParams): OpenHouse | null {
    const name = houseSchema.parse(search.get('house') ?? 'NETSUNION');
    return this.#options.houses.find(({ place }) => place.clearingHouse === name) ?? null;
  }

  /** Null for what is no house's. */
  async #answer(house: OpenHouse, { operation, searchParams, body }: { operation: string; searchParams: URLSearchParams; body: string }): Promise<AdminAnswer | null> {
    const { pool } = this.#options;
    const { books, place } = house;
    switch (operation) {
      case 'GET /admin/books/payouts':
        return await this.#page(house, searchParams);
      case 'GET /admin/counters':
        return ok({ ...(await readCounters(pool, place)), flushes: books.flushes, quota: quotaJson(await readQuota(pool, place)) });
      case 'GET /admin/faults':
        return ok(books.plan);
      case 'PUT /admin/faults':
        await books.changePlan(faultPlanSchema.parse(JSON.parse(body)));
        return ok(books.plan);
      case 'GET /admin/quota':
        return ok(quotaJson(await readQuota(pool, place)));
      case 'POST /admin/quota':
        return await this.#setQuota(house, quotaSchema.parse(JSON.parse(body)));
      case 'POST /admin/returns':
        return await this.#return(house, returnSchema.parse(JSON.parse(body)));
      case 'GET /admin/collections':
        return await this.#collections(z.iso.date().parse(searchParams.get('from') ?? '1970-01-01'));
      case 'POST /admin/collections':
        return await this.#collect(house, collectionSchema.parse(JSON.parse(body)));
      case 'GET /admin/client-movements':
        return await this.#clientMovements(z.iso.date().parse(searchParams.get('until')));
      case 'GET /admin/sessions':
        return sessionAnswer(await house.sessions.find(z.iso.date().parse(searchParams.get('clearingDate'))));
      case 'POST /admin/settlements':
        return await this.#settle(house, settlementSchema.parse(JSON.parse(body)).clearingDate);
      default:
        return null;
    }
  }

  async #page({ place }: OpenHouse, search: URLSearchParams): Promise<AdminAnswer> {
    const page = pageSchema.parse({ status: search.get('status'), after: search.get('after') ?? '', limit: search.get('limit') ?? '100' });
    const items = await pageOfInstructions(this.#options.pool, place, page);
    return ok({ items, next: items.length < page.limit ? null : items.at(-1)?.['serialNumber'] });
  }

  async #setQuota({ books, place }: OpenHouse, { mapped, resetConsumed, notify }: z.infer<typeof quotaSchema>): Promise<AdminAnswer> {
    const { pool, clock, onNotices } = this.#options;
    const isSet = await books.exclusively(async (client) => {
      const quota = await lockQuota(client, place);
      const now = clock.now();
      const after = resetConsumed
        ? { mappedMinor: mapped, consumedMinor: 0n, receiptsMinor: 0n, consumedSince: now }
        : { ...quota, mappedMinor: mapped };
      if (availableOf(after) < 0n) return false;
      await client.query(
        `UPDATE rails.quota SET mapped_minor = $3, consumed_minor = $4, receipts_minor = $5, consumed_since = $6, changed_at = $7
          WHERE clearing_house = $1 AND institution_id = $2`,
        [
          ...[place.clearingHouse, place.institution, mapped.toString(), after.consumedMinor.toString(), after.receiptsMinor.toString()],
          ...[after.consumedSince, now],
        ],
      );
      if (resetConsumed) {
        await client.query('UPDATE rails.clearing_session SET counted_minor = 0 WHERE clearing_house = $1 AND institution_id = $2', [
          place.clearingHouse,
          place.institution,
        ]);
      }
      if (notify) await insertNotices(client, place.clearingHouse, [this.#notice({ kind: 'QUOTA_CHANGED', amountMinor: mapped })]);
      return true;
    });
    if (!isSet) return { status: 409, content: { error: 'QUOTA_IN_USE' } };
    onNotices();
    return ok(quotaJson(await readQuota(pool, place)));
  }

  /** The payee's bank sends money back: a new event, the payout stays as it is. */
  async #return({ books, place }: OpenHouse, { serialNumber, amount }: z.infer<typeof returnSchema>): Promise<AdminAnswer> {
    const { clock, onNotices } = this.#options;
    const returnId = await books.exclusively(async (client) => {
      const { rows } = await client.query<{ left: string; reference: string }>(
        `SELECT p.amount_minor
                - coalesce((SELECT sum(r.amount_minor) FROM rails.payout_return AS r WHERE r.serial_number = p.serial_number AND r.clearing_house = p.clearing_house), 0) AS left,
                p.rail_reference AS reference
           FROM rails.executed_payout AS p WHERE p.serial_number = $1 AND p.clearing_house = $2`,
        [serialNumber, place.clearingHouse],
      );
      const [payout] = rows;
      if (payout === undefined || BigInt(payout.left) < amount) return null;
      const now = clock.now();
      const clearingDate = sessionDateAt(place.clearingHouse, now);
      const id = randomUUID();
      await client.query(
        `INSERT INTO rails.payout_return (return_id, serial_number, clearing_house, amount_minor, clearing_date, returned_at)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [id, serialNumber, place.clearingHouse, amount.toString(), clearingDate, now],
      );
      const told = { serialNumber, status: 'RETURNED', code: '0000', clearingDate, railReference: payout.reference };
      await insertNotices(client, place.clearingHouse, [this.#notice({ kind: 'PAYOUT_RETURNED', amountMinor: amount, ...told })]);
      return id;
    });
    if (returnId === null) return { status: 409, content: { error: 'NOTHING_TO_RETURN' } };
    onNotices();
    return ok({ returnId });
  }

  async #collect({ sessions, place }: OpenHouse, { clearingDate, channel, count, amount }: z.infer<typeof collectionSchema>): Promise<AdminAnswer> {
    const booked = await sessions.collect({ channel, count, amountMinor: amount, clearingDate: clearingDate ?? null });
    if (booked === null) return { status: 409, content: { error: 'SESSION_NOT_OPEN' } };
    return ok({ clearingHouse: place.clearingHouse, channel, clearingDate: booked.clearingDate, count, amount: wireAmount(amount) });
  }

  /** What the institution's other systems know of collections: totals of all houses. */
  async #collections(fromDate: string): Promise<AdminAnswer> {
    const { pool, institution, clock } = this.#options;
    const asOf = clock.now();
    const totals = await collectionTotals(pool, institution, fromDate);
    return ok({ asOf, items: totals.map(({ amountMinor, ...total }) => ({ ...total, amount: wireAmount(amountMinor) })) });
  }

  /** What the settlement service's own books hold of clients' money. */
  async #clientMovements(until: string): Promise<AdminAnswer> {
    const { pool, institution, clock } = this.#options;
    const asOf = clock.now();
    const { collectedMinor, paidOutMinor, returnedMinor, ownPayouts } = await clientMovements(pool, institution, { until, treasuryLine: TREASURY_LINE });
    const own = ownPayouts.map(({ payeeAccount, amountMinor }) => ({ payeeAccount, amount: wireAmount(amountMinor) }));
    return ok({ asOf, collected: wireAmount(collectedMinor), paidOut: wireAmount(paidOutMinor), returned: wireAmount(returnedMinor), ownPayouts: own });
  }

  async #settle({ sessions }: OpenHouse, clearingDate: string): Promise<AdminAnswer> {
    const settled = await sessions.settleSession(clearingDate);
    if (typeof settled !== 'string') return sessionAnswer(settled);
    return { status: settled === 'NO_SUCH_SESSION' ? 404 : 409, content: { error: settled } };
  }

  #notice(told: Pick<NoticeRow, 'kind' | 'amountMinor'> & Partial<NoticeRow>): NoticeRow {
    const { clock } = this.#options;
    const nothing = {
      serialNumber: null,
      status: null,
      code: null,
      clearingDate: null,
      railReference: null,
      detail: null,
      isForged: false,
      takesWanted: 1,
    };
    return { ...nothing, noticeId: randomUUID(), occurredAt: clock.now(), dueAt: new Date(clock.wallNow()), ...told };
  }
}

function ok(content: unknown): AdminAnswer {
  return { status: 200, content };
}

function quotaJson({ mappedMinor, availableMinor }: QuotaReading): Record<string, string> {
  return { mappedQuota: wireAmount(mappedMinor), availableQuota: wireAmount(availableMinor) };
}

function sessionAnswer(session: Session | null): AdminAnswer {
  if (session === null) return { status: 404, content: { error: 'NO_SUCH_SESSION' } };
  const { clearingDate, state, payoutsMinor, payoutCount, returnsMinor, receiptsMinor, netMinor, settledAt } = session;
  const sums = { payouts: wireAmount(payoutsMinor), payoutCount, returns: wireAmount(returnsMinor), receipts: wireAmount(receiptsMinor) };
  return ok({ clearingDate, state, ...sums, net: wireAmount(netMinor), settledAt });
}
