import { argumentsReader, Refusal } from './refusal.ts';
import { stopAsked } from './up.ts';

const EXIT_USAGE = 2;
const REQUESTS = '--requests';

export interface DemoArguments {
  /** Null: the sample day. */
  readonly payouts: { readonly requestsMax: number | undefined } | null;
  readonly staysRunning: boolean;
}

/** A number of requests means the payouts: the day has its own. */
export function readDemoArguments(args: readonly string[]): DemoArguments {
  const { value, rest } = takeRequests(args);
  const flags = readFlags(rest);
  return { payouts: flags.has('--payouts') || value !== undefined ? { requestsMax: value } : null, staysRunning: flags.has('--stay') };
}

const readFlags = argumentsReader({ flags: ['--payouts', '--stay'], positionalsMax: 0 });

export async function demo(args: readonly string[]): Promise<number> {
  const { payouts, staysRunning } = readDemoArguments(args);
  const options = { staysRunning, stopAsked: stopAsked() };
  // The demo alone needs keys, signatures and a database client: the other commands start without them.
  if (payouts === null) return await (await import('../day/run-day.ts')).runDay(options);
  return await (await import('../demo/run-demo.ts')).runDemo({ ...options, ...payouts });
}

function takeRequests(args: readonly string[]): { value: number | undefined; rest: readonly string[] } {
  const at = args.findIndex((argument) => argument === REQUESTS || argument.startsWith(`${REQUESTS}=`));
  if (at === -1) return { value: undefined, rest: args };
  const isJoined = args[at] !== REQUESTS;
  const text = isJoined ? args[at]?.slice(REQUESTS.length + 1) : args[at + 1];
  if (text === undefined || !/^[1-9]\d{0,6}$/.test(text)) throw new Refusal(`${REQUESTS} takes a number from 1 on, such as ${REQUESTS} 300.`, EXIT_USAGE);
  return { value: Number(text), rest: args.toSpliced(at, isJoined ? 1 : 2) };
}
