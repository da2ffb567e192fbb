import { bench } from './bench.ts';
import { check } from './check.ts';
import { demo } from './demo.ts';
import { docs } from './docs.ts';
import { doctor } from './doctor.ts';
import { down } from './down.ts';
import { logs } from './logs.ts';
import { secrets } from './secrets.ts';
import { status } from './status.ts';
import { test } from './test.ts';
import { up } from './up.ts';

/** Each returns the exit code. */
export type Command = (args: readonly string[]) => Promise<number>;

export const commands: Readonly<Record<string, Command>> = { bench, check, demo, docs, doctor, down, logs, secrets, status, test, up };
