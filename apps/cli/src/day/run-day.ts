import { setTimeout as pause } from 'node:timers/promises';
import { Acknowledgements } from '../demo/acknowledgements.ts';
import { Api } from '../demo/api.ts';
import { seconds, startDemoStack } from '../demo/demo-stack.ts';
import { Fates } from '../demo/fates.ts';
import { showDoors } from '../demo/run-demo.ts';
import { checkBanks } from '../demo/payout-files.ts';
import { Screen } from '../demo/screen.ts';
import { SettlementClient } from '../demo/settlement-client.ts';
import type { Stack } from '../stack/stack.ts';
import { closingPage } from './closing-page.ts';
import { creditUnannounced } from './credit-unannounced.ts';
import type { Day } from './day.ts';
import { DayClock } from './day-clock.ts';
import { readDayFiles, type DayFiles } from './day-files.ts';
import { followPayouts } from './follow-payouts.ts';
import { People } from './people.ts';
import { playFaults } from './play-faults.ts';
import { Story } from './story.ts';
import { openDay, stepsOf } from './steps/index.ts';
import { streamCollections } from './stream-collections.ts';
import { streamRequests } from './stream-requests.ts';
import { watchBreakers } from './watch-breakers.ts';
import { watchShifts } from './watch-shifts.ts';

export interface DayOptions {
  readonly staysRunning: boolean;
  /** Resolves when the user asks to stop. */
  readonly stopAsked: Promise<void>;
}

const FATES_WITHIN_MS = 90_000;
const FATES_ASKED_EVERY_MS = 250;
/** Ages and waits that services measure in business time, made to fit a clock that runs this much faster; and an instruction's validity short enough to watch it end. */
const DAY_SETTINGS = {
  JINKU_PAYOUT_VALIDITY_MS: '15000',
  JINKU_PAYOUT_QUIET_MS: '2000',
  JINKU_QUOTA_POLL_MS: '500',
  JINKU_QUOTA_ADJUST_POLL_MS: '250',
  JINKU_POSITION_POLL_MS: '500',
  JINKU_QUOTA_STALE_MS: '3600000',
  JINKU_AUDIT_COLLECT_MS: '3000',
  JINKU_AUDIT_CHECK_MS: '2000',
  JINKU_PAYOUT_BREAKER_UNKNOWN_MIN: '3',
  JINKU_TRANSFER_VALIDITY_MS: '15000',
  JINKU_TRANSFER_POSITION_AGE_MAX_MS: '14400000',
  JINKU_RAILS_MAPPED_QUOTA: '0.00',
};

const STOPPED = Symbol('stopped');

/** Plays the sample day of examples/day; returns the exit code. */
export async function runDay(options: DayOptions): Promise<number> {
  const files = readDayFiles();
  const screen = new Screen();
  const clock = new DayClock(files.day, Date.now());
  const stack = await startDemoStack({ ...DAY_SETTINGS, ...clock.variables }, screen);
  const over = new AbortController();
  try {
    screen.say(`Ready after ${seconds()}. The day is ${files.day.date}; one second is ${files.day.rate / 60} minutes of it.`);
    const outcome = await Promise.race([playThrough(stack, { files, clock, screen, over }), options.stopAsked.then((): typeof STOPPED => STOPPED)]);
    if (outcome === STOPPED) return 1;
    if (options.staysRunning) {
      showDoors(stack, { screen, token: outcome.token });
      await options.stopAsked;
    }
    return outcome.isClean ? 0 : 1;
  } finally {
    over.abort();
    screen.say('Stopping…');
    await stack.stop();
  }
}

interface Playing {
  readonly files: DayFiles;
  readonly clock: DayClock;
  readonly screen: Screen;
  readonly over: AbortController;
}

async function playThrough(stack: Stack, { files, clock, screen, over }: Playing): Promise<{ isClean: boolean; token: string }> {
  const gateway = new Api(stack.urls.gateway);
  const people = await People.signIn(stack, { gateway, operators: files.operators });
  const day: Day = {
    ...{ files, clock, gateway, people },
    story: new Story(screen, clock),
    rail: new Api(stack.urls['rail-simulator']),
    client: new SettlementClient({ api: gateway, gatewayUrl: stack.urls.gateway, keysDir: stack.keysDir }),
    acknowledgements: new Acknowledgements(stack.env['JINKU_RAILS_DATABASE_URL'] ?? '', stack.databaseSecret),
    fates: new Fates(files.requests.map(({ request }) => request)),
    accounts: new Map(),
  };
  try {
    checkBanks(files, await day.client.bankCodes());
    day.story.tell('Signed in', { who: people.names });
    await openDay(day);
    await playDay(day, over);
  } finally {
    over.abort();
    await day.acknowledgements.close();
  }
  return { isClean: await closingPage(day, { stack, screen }), token: people.operator.token };
}

/** The steps in the order of their time, beside what goes on all day; whatever fails first ends the day. */
async function playDay(day: Day, over: AbortController): Promise<void> {
  const allDay = [playFaults, streamRequests, streamCollections, creditUnannounced].map((stream) => stream(day, over.signal));
  const watching = [followPayouts, watchBreakers, watchShifts].map((watch) => watch(day, over.signal));
  const steps = async (): Promise<void> => {
    for (const { at, play } of stepsOf(day.files)) {
      await day.clock.until(at, over.signal);
      await play(day);
    }
    await day.clock.until(day.files.day.endsAt, over.signal);
    await Promise.all(allDay);
    await everyFate(day);
  };
  await Promise.race([steps(), ...[...allDay, ...watching].map(failureOf)]);
  over.abort();
  await Promise.all(watching);
}

async function everyFate({ fates, story }: Day): Promise<void> {
  const deadline = performance.now() + FATES_WITHIN_MS;
  while (fates.finalCount < fates.total && performance.now() < deadline) await pause(FATES_ASKED_EVERY_MS);
  const { seen, cleared } = fates.unknowns;
  story.tell(`${fates.finalCount} of ${fates.total} payouts have their final fate; ${cleared} of ${seen} unknown outcomes were cleared, none by a person`, { who: 'payouts' });
}

/** Settles only when the work fails. */
async function failureOf(work: Promise<void>): Promise<never> {
  await work;
  return await new Promise<never>(() => undefined);
}
