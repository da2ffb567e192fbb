import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CHECKOUT, Fates } from '@jinku/cli';
import { freePort, ManagedProcess } from '@jinku/infrastructure';
import { loadWhile } from './endless-load.ts';
import { PayoutWorld } from './payout-world.ts';

const SHARDS = 2;
const LED_WITHIN_MS = 30_000;
/** The lease, and a third of it until the other looks. */
const TAKEN_OVER_WITHIN_MS = 6_000;
const UNDER_LOAD_MS = 4_000;
const SETTLED_WITHIN_MS = 60_000;

jest.setTimeout(240_000);

describe('two payout shards on two processes of the cluster profile', () => {
  let world: PayoutWorld;
  let replica: ManagedProcess;

  beforeAll(async () => {
    world = await PayoutWorld.start('cluster', { JINKU_PAYOUT_SHARDS: String(SHARDS) });
    replica = await startReplica(world);
  });

  afterAll(async () => {
    await (replica as ManagedProcess | undefined)?.stop();
    await (world as PayoutWorld | undefined)?.stop();
  });

  test('a process that stands still while its shards move on is fenced when it goes on, and one that is killed is replaced: nothing is sent twice', async () => {
    const [first] = await leadersUnlike(world, null);
    const second: string[] = [];
    const third: string[] = [];
    const { sent } = await loadWhile(
      world,
      (async () => {
        await pause(UNDER_LOAD_MS);
        await world.stack.kill('payouts', 'SIGSTOP');
        second.push(...(await leadersUnlike(world, first)));
        await pause(UNDER_LOAD_MS);
        await world.stack.kill('payouts', 'SIGCONT');
        await pause(UNDER_LOAD_MS);
        replica.kill('SIGKILL');
        await replica.exited;
        third.push(...(await leadersUnlike(world, second[0])));
        await pause(UNDER_LOAD_MS);
      })(),
    );
    const fates = new Fates(sent);
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });

    // The first process is the one that the stack began with; it goes on under the name that it had.
    expect(second).toHaveLength(SHARDS);
    expect(new Set(second).size).toBe(1);
    expect(third).toEqual([first, first]);
    expect(fates.unfinished()).toEqual([]);
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });
});

/** A second process of the payouts service, beside the one that the stack supervises; its door is a free port, since it is used for nothing. */
async function startReplica({ stack }: PayoutWorld): Promise<ManagedProcess> {
  const port = await freePort();
  const process_ = ManagedProcess.start({
    name: 'payouts-replica',
    command: process.execPath,
    args: [join(CHECKOUT, 'apps', 'payouts', 'dist', 'main.js')],
    env: { ...stack.env, JINKU_PAYOUTS_PORT: String(port) },
    cwd: CHECKOUT,
    logFile: join(stack.stateDir, 'logs', 'payouts-replica.log'),
  });
  const deadline = performance.now() + LED_WITHIN_MS;
  while (!(await isReady(port))) {
    if (process_.hasExited || performance.now() > deadline) throw new Error('the replica of payouts did not become ready');
    await pause(100);
  }
  return process_;
}

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null);
  await answer?.arrayBuffer();
  return answer?.ok === true;
}

/** Who leads each shard, once none of them is `gone` any more; when the time is over, as it is then. */
async function leadersUnlike({ books }: PayoutWorld, gone: string | null | undefined): Promise<string[]> {
  const deadline = performance.now() + TAKEN_OVER_WITHIN_MS;
  for (;;) {
    const led = await books.ours<{ holder: string }>("SELECT holder FROM payouts.lease WHERE name LIKE 'payouts.shard-%' AND expires_at > clock_timestamp() ORDER BY name");
    const holders = led.map(({ holder }) => holder);
    if ((holders.length === SHARDS && !holders.includes(gone ?? '')) || performance.now() > deadline) return holders;
    await pause(100);
  }
}
