import { argumentsReader, Refusal } from './refusal.ts';
import { stopAsked } from './up.ts';

const EXIT_USAGE = 2;
const REQUESTS = '--requests';

export function readDemoArguments(args: readonly string[]): { requestsMax: number | undefined; staysRunning: boolean } {
  const { value, rest } = takeRequests(args);
  return { requestsMax: value, staysRunning: readFlags(rest).has('--stay') };
}

const readFlags = argumentsReader({ flags: ['--stay'], positionalsMax: 0 });

export async function demo(args: readonly string[]): Promise<number> {
  const wanted = readDemoArguments(args);
  // The demo alone needs keys, signatures and a database client: the other commands start without them.
  const { runDemo } = await import('../demo/run-demo.ts');
  return await runDemo({ ...wanted, stopAsked: stopAsked() });
}

function takeRequests(args: readonly string[]): { value: number | undefined; rest: readonly string[] } {
  const at = args.findIndex((argument) => argument === REQUESTS || argument.startsWith(`${REQUESTS}=`));
  if (at === -1) return { value: undefined, rest: args };
  const isJoined = args[at] !== REQUESTS;
  const text = isJoined ? args[at]?.slice(REQUESTS.length + 1) : args[at + 1];
  if (text === undefined || !/^[1-9]\d{0,6}$/.test(text)) throw new Refusal(`${REQUESTS} takes a number from 1 on, such as ${REQUESTS} 300.`, EXIT_USAGE);
  return { value: Number(text), rest: args.toSpliced(at, isJoined ? 1 : 2) };
}
