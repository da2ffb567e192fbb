import { randomUUID } from 'node:crypto';
import { z } from 'zod';

import { pageOfInstructions, readCounters, readQuota } from '../books/book-queries.ts';
import { insertNotices, lockQuota } from '../books/book-statements.ts';
import type { NoticeRow } from '../books/decide.ts';
import type { HouseBooks } from '../books/house-books.ts';
import { faultPlanSchema } from '../faults/fault-plan.ts';
import { clearingDateAt, type HouseClock } from '../house-clock.ts';
import { minorOf } from '../netsunion/amount.ts';
import type { AccountAdmin } from './account-admin.ts';

export interface AdminDoorOptions {
  readonly books: HouseBooks;
  readonly institution: string;
  readonly clock: HouseClock;
  readonly onNotices: () => void;
  /** What is told to the central bank and the banks. */
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
  mapped: amountSchema,
  /** Forgets what was paid from the old mapping, as after settlement. */
  resetConsumed: z.boolean().default(true),
  notify: z.boolean().default(false),
});
const returnSchema = z.strictObject({ serialNumber: z.string().max(64), amount: amountSchema });
const pageSchema = z.object({
  status: z.enum(['SUCCEEDED', 'FAILED', 'REFUSED']).nullable(),
  after: z.string().max(64),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX),
});

/** What a person or a test tells the house out of band. On loopback, without signatures. */
export class AdminDoor {
  readonly #options: AdminDoorOptions;

  constructor(options: AdminDoorOptions) {
    this.#options = options;
  }

  async handle(method: string, target: string, body: string): Promise<AdminAnswer> {
    const { pathname, searchParams } = new URL(target, 'http://admin');
    const { books, institution } = this.#options;
    try {
      switch (`${method} ${pathname}`) {
        case 'GET /admin/books/payouts':
          return await this.#page(searchParams);
        case 'GET /admin/counters':
          return ok({ ...(await readCounters(books.pool)), flushes: books.flushes, quota: await readQuota(books.pool, institution) });
        case 'GET /admin/faults':
          return ok(books.plan);
        case 'PUT /admin/faults':
          await books.changePlan(faultPlanSchema.parse(JSON.parse(body)));
          return ok(books.plan);
        case 'GET /admin/quota':
          return ok(await readQuota(books.pool, institution));
        case 'POST /admin/quota':
          return await this.#setQuota(quotaSchema.parse(JSON.parse(body)));
        case 'POST /admin/returns':
          return await this.#return(returnSchema.parse(JSON.parse(body)));
        default:
          return (await this.#options.accounts.handle(method, pathname, body)) ?? { status: 404, content: { error: 'NO_SUCH_OPERATION' } };
      }
    } catch (error) {
      if (error instanceof z.ZodError) return { status: 400, content: { error: 'INVALID', issues: error.issues } };
      if (error instanceof SyntaxError) return { status: 400, content: { error: 'NOT_JSON' } };
      throw error;
    }
  }

  async #page(search: URLSearchParams): Promise<AdminAnswer> {
    const page = pageSchema.parse({ status: search.get('status'), after: search.get('after') ?? '', limit: search.get('limit') ?? '100' });
    const items = await pageOfInstructions(this.#options.books.pool, page);
    return ok({ items, next: items.length < page.limit ? null : items.at(-1)?.['serialNumber'] });
  }

  async #setQuota({ mapped, resetConsumed, notify }: z.infer<typeof quotaSchema>): Promise<AdminAnswer> {
    const { books, institution, clock, onNotices } = this.#options;
    const isSet = await books.exclusively(async (client) => {
      const { consumedMinor } = await lockQuota(client, institution);
      const consumed = resetConsumed ? 0n : consumedMinor;
      if (consumed > mapped) return false;
      await client.query('UPDATE rails.quota SET mapped_minor = $2, consumed_minor = $3, changed_at = $4 WHERE institution_id = $1', [
        institution,
        mapped.toString(),
        consumed.toString(),
        clock.now(),
      ]);
      if (notify) await insertNotices(client, [this.#notice({ kind: 'QUOTA_CHANGED', amountMinor: mapped })]);
      return true;
    });
    if (!isSet) return { status: 409, content: { error: 'QUOTA_IN_USE' } };
    onNotices();
    return ok(await readQuota(books.pool, institution));
  }

  /** The payee's bank sends money back: a new event, the payout stays as it is. */
  async #return({ serialNumber, amount }: z.infer<typeof returnSchema>): Promise<AdminAnswer> {
    const { books, clock, onNotices } = this.#options;
    const returnId = await books.exclusively(async (client) => {
      const { rows } = await client.query<{ left: string; reference: string }>(
        `SELECT p.amount_minor
                - coalesce((SELECT sum(r.amount_minor) FROM rails.payout_return AS r WHERE r.serial_number = p.serial_number), 0) AS left,
                p.rail_reference AS reference
           FROM rails.executed_payout AS p WHERE p.serial_number = $1`,
        [serialNumber],
      );
      const [payout] = rows;
      if (payout === undefined || BigInt(payout.left) < amount) return null;
      const now = clock.now();
      const clearingDate = clearingDateAt(now);
      const id = randomUUID();
      await client.query(
        'INSERT INTO rails.payout_return (return_id, serial_number, amount_minor, clearing_date, returned_at) VALUES ($1, $2, $3, $4, $5)',
        [id, serialNumber, amount.toString(), clearingDate, now],
      );
      const told = { serialNumber, status: 'RETURNED', code: '0000', clearingDate, railReference: payout.reference };
      await insertNotices(client, [this.#notice({ kind: 'PAYOUT_RETURNED', amountMinor: amount, ...told })]);
      return id;
    });
    if (returnId === null) return { status: 409, content: { error: 'NOTHING_TO_RETURN' } };
    onNotices();
    return ok({ returnId });
  }

  #notice(told: Pick<NoticeRow, 'kind' | 'amountMinor'> & Partial<NoticeRow>): NoticeRow {
    const { clock } = this.#options;
    const nothing = {
      serialNumber: null,
      status: null,
      code: null,
      clearingDate: null,
      railReference: null,
      isForged: false,
      takesWanted: 1,
    };
    return { ...nothing, noticeId: randomUUID(), occurredAt: clock.now(), dueAt: new Date(clock.wallNow()), ...told };
  }
}

function ok(content: unknown): AdminAnswer {
  return { status: 200, content };
}
