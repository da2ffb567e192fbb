import type pg from 'pg';
import { Agent, request } from 'undici';

import { dueNotices, nextNoticeDue, recordDeliveries, type DeliveryResult, type DueNotice } from '../books/notice-books.ts';
import type { HouseClock } from '../house-clock.ts';
import type { Dialect } from '../house/dialect.ts';
import type { Place } from '../house/house.ts';
import { sealedNotice } from '../signature/envelope.ts';
import type { Signer } from '../signature/signing.ts';

export interface NoticeSenderOptions {
  readonly pool: pg.Pool;
  readonly clock: HouseClock;
  readonly place: Place;
  readonly dialect: Dialect;
  readonly url: string;
  readonly signer: Signer;
  /** Signs what somebody else made up. */
  readonly strangersSigner: Signer;
}

/** Deliveries that run side by side. */
const BATCH_MAX = 32;
const DELIVERY_TIMEOUT_MS = 5_000;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
/** Between two copies of a duplicate. */
const COPY_DELAY_MS = 200;
/** When the books or the timer fail: look again after this. */
const LOOK_AGAIN_MS = 1_000;

/** Delivers one house's notices in the books until they are taken. They are in the database before the first attempt: none dies with the process. */
export class NoticeSender {
  readonly #options: NoticeSenderOptions;
  readonly #agent = new Agent({ connections: BATCH_MAX, keepAliveTimeout: 4_000 });
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | null = null;
  #hasNews = false;
  #isClosed = false;

  constructor(options: NoticeSenderOptions) {
    this.#options = options;
  }

  /** There may be something to deliver, now or later. */
  readonly wake = (): void => {
    if (this.#isClosed) return;
    this.#hasNews = true;
    clearTimeout(this.#timer);
    this.#round ??= this.#rounds().finally(() => {
      this.#round = null;
    });
  };

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#agent.destroy();
    await this.#round;
  }

  async #rounds(): Promise<void> {
    let waitMs: number | null = LOOK_AGAIN_MS;
    try {
      while (this.#hasNews && !this.#isClosed) {
        this.#hasNews = false;
        await this.#deliverDue();
        const dueAt = await nextNoticeDue(this.#options.pool, this.#options.place.clearingHouse);
        waitMs = dueAt === null ? null : Math.max(0, dueAt.getTime() - this.#options.clock.wallNow());
        if (waitMs === 0) this.#hasNews = true;
      }
    } catch {
      // The database is away; the notices are in it. A delivery whose record was lost is made again.
      waitMs = LOOK_AGAIN_MS;
    }
    // Bound by the longest timer that fires at all; waking early only looks again.
    if (waitMs !== null && !this.#isClosed) this.#timer = setTimeout(this.wake, Math.min(waitMs, LONGEST_DELAY_MS));
  }

  async #deliverDue(): Promise<void> {
    const { pool, clock, place } = this.#options;
    const due = await dueNotices(pool, place.clearingHouse, { wallNow: new Date(clock.wallNow()), limit: BATCH_MAX });
    if (due.length === 0) return;
    await recordDeliveries(pool, await Promise.all(due.map((notice) => this.#deliver(notice))));
  }

  async #deliver(notice: DueNotice): Promise<DeliveryResult> {
    const { clock, place, dialect, url, signer, strangersSigner } = this.#options;
    const body = dialect.sayNotice(notice);
    const { pathname, search } = new URL(url);
    const sealing = { signer: notice.isForged ? strangersSigner : signer, institution: place.institution, wallNow: clock.wallNow() };
    const headers = sealedNotice(sealing, { path: pathname + search, body });
    const { httpStatus, wasTaken } = await this.#post(url, headers, body);
    const takes = notice.takes + (wasTaken ? 1 : 0);
    // Who forges a notice does not come again.
    const isDone = notice.isForged || takes >= notice.takesWanted;
    const delayMs = wasTaken ? COPY_DELAY_MS : Math.min(FIRST_DELAY_MS * 2 ** Math.min(notice.deliveries, 10), LONGEST_DELAY_MS);
    return { noticeId: notice.noticeId, wasTaken, isDone, httpStatus, dueAt: new Date(clock.wallNow() + delayMs) };
  }

  async #post(url: string, headers: Record<string, string>, body: string): Promise<{ httpStatus: number | null; wasTaken: boolean }> {
    try {
      const signal = AbortSignal.timeout(DELIVERY_TIMEOUT_MS);
      const answer = await request(url, { method: 'POST', headers, body, dispatcher: this.#agent, signal });
      const text = await answer.body.text();
      return { httpStatus: answer.statusCode, wasTaken: answer.statusCode === 200 && isReceipt(text) };
    } catch {
      // Not reached, or no whole answer in time: not taken, so it comes again.
      return { httpStatus: null, wasTaken: false };
    }
  }
}

function isReceipt(text: string): boolean {
  try {
    return (JSON.parse(text) as { received?: unknown } | null)?.received === true;
  } catch {
    // Not JSON, so not a receipt.
    return false;
  }
}
