import { readFileSync } from 'node:fs';
import type pg from 'pg';

import { HouseBooks, type PayoutArrivals } from '../books/house-books.ts';
import { QuotaDesk } from '../books/quota-desk.ts';
import type { SimulatorConfig } from '../config.ts';
import { faultPlanSchema } from '../faults/fault-plan.ts';
import type { HouseClock } from '../house-clock.ts';
import { NETSUNION } from '../netsunion/netsunion-dialect.ts';
import { NoticeSender } from '../notices/notice-sender.ts';
import { SessionDesk, type MoveReserve, type SessionDeskOptions } from '../sessions/session-desk.ts';
import { DoorSeal } from '../signature/door-seal.ts';
import { readHouseKeys } from '../signature/house-keys.ts';
import { strangerOf } from '../signature/stranger.ts';
import { UNIONPAY } from '../unionpay/unionpay-dialect.ts';
import type { Dialect } from './dialect.ts';
import { HouseDoor } from './house-door.ts';
import type { ClearingHouse, Place } from './house.ts';
import { InquiryBudget } from './inquiry-budget.ts';

const DIALECTS: Readonly<Record<ClearingHouse, { readonly dialect: Dialect; readonly keysFolder: string }>> = {
  NETSUNION: { dialect: NETSUNION, keysFolder: 'netsunion' },
  UNIONPAY: { dialect: UNIONPAY, keysFolder: 'unionpay' },
};

export interface HouseSurroundings {
  readonly config: SimulatorConfig;
  readonly pool: pg.Pool;
  readonly clock: HouseClock;
  readonly moveReserve: MoveReserve;
  readonly arrivals: PayoutArrivals;
  /** Something may have been written for any house to tell. */
  readonly onNotices: () => void;
  readonly onRefused: SessionDeskOptions['onRefused'];
}

/** One house, open: its books, desks, door and notices. */
export interface OpenHouse {
  readonly place: Place;
  readonly books: HouseBooks;
  readonly sessions: SessionDesk;
  readonly door: HouseDoor;
  /** Looks for notices that are due. */
  tell(): void;
  close(): Promise<void>;
}

export async function openHouse(clearingHouse: ClearingHouse, { config, pool, clock, moveReserve, arrivals, onNotices, onRefused }: HouseSurroundings): Promise<OpenHouse> {
  const { dialect, keysFolder } = DIALECTS[clearingHouse];
  const { institution, lingerMs, mappedQuotaMinor, settlesAtMinute } = config;
  const { noticeUrl, faultsFile, receiptsCount, settlementEffect } = config.houses[clearingHouse];
  const place: Place = { clearingHouse, institution };
  const keys = readHouseKeys(config.keysDir, keysFolder, config.algorithm);
  const strangersSigner = strangerOf(keys.standard);
  const books = new HouseBooks({ pool, place, clock, lingerMs, mappedQuotaMinor, onNotices, arrivals });
  await books.open();
  if (faultsFile !== null) await books.changePlan(faultPlanSchema.parse(JSON.parse(readFileSync(faultsFile, 'utf8'))));
  const notices = { pool, clock, place, dialect, signer: keys.standard, strangersSigner };
  const sender = noticeUrl === null ? null : new NoticeSender({ ...notices, url: noticeUrl });
  const desk = new QuotaDesk({ books, place, clock, onNotices });
  desk.open();
  const sessions = new SessionDesk({ books, place, clock, receiptsCount, settlementEffect, settlesAtMinute, moveReserve, onNotices, onRefused });
  await sessions.open();
  const seal = new DoorSeal({ keys, strangersSigner, institution, clock });
  const budget = new InquiryBudget(config.inquiriesPerSecond, clock.wallNow());
  return {
    place,
    books,
    sessions,
    door: new HouseDoor({ dialect, place, books, desk, sessions, seal, clock, budget }),
    tell: () => sender?.wake(),
    close: async () => {
      await desk.close();
      await sessions.close();
      await sender?.close();
      await books.close();
    },
  };
}
