import { bench, readBenchArguments } from './bench.ts';
import { check, readCheckArguments } from './check.ts';
import { demo, readDemoArguments } from './demo.ts';
import { docs, readDocsArguments } from './docs.ts';
import { doctor, readDoctorArguments } from './doctor.ts';
import { down, readDownArguments } from './down.ts';
import { logs, readLogArguments } from './logs.ts';
import { readSecretsArguments, secrets } from './secrets.ts';
import { readStatusArguments, status } from './status.ts';
import { stepsNamed } from '../suite/run-suite.ts';
import { test } from './test.ts';
import { readUpArguments, up } from './up.ts';

/** Each returns the exit code. */
export type Command = (args: readonly string[]) => Promise<number>;

export const commands: Readonly<Record<string, Command>> = { bench, check, demo, docs, doctor, down, logs, secrets, status, test, up };

/** What each command does with its arguments first: throws a Refusal when they are none of its own. */
export const argumentReaders: Readonly<Record<string, (args: readonly string[]) => unknown>> = {
  bench: readBenchArguments,
  check: readCheckArguments,
  demo: readDemoArguments,
  docs: readDocsArguments,
  doctor: readDoctorArguments,
  down: readDownArguments,
  logs: readLogArguments,
  secrets: readSecretsArguments,
  status: readStatusArguments,
  test: stepsNamed,
  up: readUpArguments,
};
