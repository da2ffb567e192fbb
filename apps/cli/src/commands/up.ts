import { hasKafkaTools, hasRedis } from '@jinku/infrastructure';
import { AlreadyRunning, startStack, type Stack } from '../stack/stack.ts';
import type { ProcessEvent } from '../stack/supervised-process.ts';
import { argumentsReader, Refusal } from './refusal.ts';

export const readUpArguments = argumentsReader({ flags: ['--cluster'], positionalsMax: 0 });

export async function up(args: readonly string[]): Promise<number> {
  const { has } = readUpArguments(args);
  const profile = has('--cluster') ? 'cluster' : 'embedded';
  if (profile === 'cluster' && !(hasKafkaTools() && hasRedis())) {
    throw new Refusal('The cluster profile needs Java 17, Maven and redis-server: `./jinku doctor` says what is missing and how to get it.');
  }
  const began = performance.now();
  const asked = stopAsked();
  const stack = await startUnlessAsked(profile, asked);
  if (stack !== null) {
    say(`Jinku is ready after ${seconds(performance.now() - began)} (${profile} profile): ${stack.urls.gateway} — API page ${stack.urls.gateway}/docs`);
    say('Ctrl-C stops it.');
    await asked;
    say('Stopping…');
    await stack.stop();
  }
  say('Stopped.');
  return 0;
}

async function startUnlessAsked(profile: 'embedded' | 'cluster', asked: Promise<void>): Promise<Stack | null> {
  const starting = startStack({ profile, tell }).catch((error: unknown) => {
    throw error instanceof AlreadyRunning ? new Refusal(error.message) : error;
  });
  const first = await Promise.race([starting, asked.then(() => null)]);
  if (first !== null) return first;
  // Asked to stop in the middle of the start: what is on its way up comes up, and then all of it goes down.
  const late = await starting.catch(() => null);
  await late?.stop();
  return null;
}

/** Resolves at the first Ctrl-C, `./jinku down` or closed terminal. */
export function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}

export function tell(event: ProcessEvent): void {
  if (event.type === 'READY') say(`${event.name.padEnd(16)} ready after ${seconds(event.afterMs)}`);
  else say(`${event.name.padEnd(16)} ${event.how}; starting it again in ${seconds(event.againInMs)}`);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
