import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { jest } from '@jest/globals';
import { PortClaims } from './port-claims.ts';

/** A dozen processes have to start first. */
jest.setTimeout(60_000);

const CLAIMANTS = 12;
const PORTS_EACH = 5;
const FIRST = 20_000;

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jinku-claims-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('of many processes that claim at once no two get the same port', async () => {
  // What the processes of an earlier run left, whose numbers nobody has any more, is in everybody's way at once.
  for (let port = FIRST; port < FIRST + CLAIMANTS; port += 1) writeFileSync(join(folder, `${port}.999999999.1.1`), '');

  const claimants = Array.from({ length: CLAIMANTS }, () => aClaimant());
  await Promise.all(claimants.map(({ isReady }) => isReady));
  for (const { child } of claimants) child.stdin?.write('go\n');
  const ports = (await Promise.all(claimants.map(({ claimed }) => claimed))).flat();

  expect(ports).toHaveLength(CLAIMANTS * PORTS_EACH);
  expect(new Set(ports).size).toBe(ports.length);
  expect(readdirSync(folder).filter((name) => name.includes('.999999999.'))).toEqual([]);
});

test('a claim ends with its owner, however hard that dies', async () => {
  const { child, isReady, claimed } = aClaimant();
  await isReady;
  child.stdin?.write('go\n');
  const [port = 0] = await claimed;
  const claims = new PortClaims(folder);

  const whileItLives = claims.claim(port);
  child.kill('SIGKILL');
  await once(child, 'exit');

  expect(whileItLives).toBe(false);
  expect(claims.claim(port)).toBe(true);
});

test('what dead processes left on other ports goes too', () => {
  writeFileSync(join(folder, '31000.999999999.1.1'), '');

  new PortClaims(folder).claim(FIRST);

  expect(readdirSync(folder).filter((name) => name.startsWith('31000.'))).toEqual([]);
});

test('two claimants of one process are strangers to each other, and what is released is free', () => {
  const [one, other] = [new PortClaims(folder), new PortClaims(folder)];

  expect([one.claim(FIRST), other.claim(FIRST)]).toEqual([true, false]);
  one.releaseAll();
  expect(other.claim(FIRST)).toBe(true);
});

/** Another process that claims its ports from the first one on when told to, and lives until it is killed. */
function aClaimant(): { child: ChildProcess; isReady: Promise<void>; claimed: Promise<number[]> } {
  const script = `
    import { PortClaims } from ${JSON.stringify(join(import.meta.dirname, 'port-claims.ts'))};
    const claims = new PortClaims(${JSON.stringify(folder)});
    process.stdin.once('data', () => {
      const ports = [];
      for (let port = ${FIRST}; ports.length < ${PORTS_EACH}; port += 1) if (claims.claim(port)) ports.push(port);
      console.log(ports.join());
    });
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const isReady = lines.next().then(() => undefined);
  const claimed = isReady.then(async () => ((await lines.next()).value as string).split(',').map(Number));
  return { child, isReady, claimed };
}
