import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { CheckoutCopy } from './checkout-copy.ts';
import type { LaunchedCommand } from './launched-command.ts';

const READY = 'Jinku is ready';
const READY_WITHIN_MS = 90_000;
const STOPPED_WITHIN_MS = 40_000;

jest.setTimeout(300_000);

describe('two checkouts on one machine', () => {
  let one: CheckoutCopy;
  let other: CheckoutCopy;
  const launched: LaunchedCommand[] = [];

  beforeAll(() => {
    one = new CheckoutCopy();
    other = new CheckoutCopy();
  });

  afterAll(async () => {
    for (const command of launched) await command.interrupt({ withinMs: STOPPED_WITHIN_MS }).catch(() => undefined);
    for (const checkout of [one, other] as (CheckoutCopy | undefined)[]) checkout?.remove();
  });

  async function up(checkout: CheckoutCopy): Promise<LaunchedCommand> {
    const command = checkout.launch('up');
    launched.push(command);
    await command.waitFor(READY, { withinMs: READY_WITHIN_MS });
    return command;
  }

  test('run at once on ports of their own; what is done to one, a kill -9 of all of it and a stop included, does not touch the other', async () => {
    const [first] = await Promise.all([up(one), up(other)]);
    const before = other.state;
    const portsOfOne = Object.values(one.state.ports);

    await first.killEverything();
    await up(one);
    const down = one.run('down');
    const verdict = other.run('check');

    expect(Object.values(before.ports).filter((port) => portsOfOne.includes(port))).toEqual([]);
    expect(down).toMatchObject({ exitCode: 0 });
    expect(other.state.parts.map(({ name, pid, restarts }) => ({ name, pid, restarts }))).toEqual(before.parts.map(({ name, pid }) => ({ name, pid, restarts: 0 })));
    expect(verdict).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });

  test('a second ./jinku up in the same checkout is refused and leaves the first one running', () => {
    const second = other.run('up');

    expect(second.exitCode).not.toBe(0);
    expect(second.said).toContain('Jinku already runs here');
    expect(other.run('status')).toMatchObject({ exitCode: 0 });
  });

  test('a Ctrl-C in the middle of the start leaves no process behind', async () => {
    const command = one.launch('up');
    launched.push(command);
    await command.waitFor('postgres', { withinMs: READY_WITHIN_MS });

    expect(await command.interrupt({ withinMs: STOPPED_WITHIN_MS })).toEqual({ exitCode: 0, leftBehind: [] });
  });

  test('a Ctrl-C of ./jinku demo --payouts in the middle of its payouts leaves no process behind', async () => {
    const demo = one.launch('demo', '--payouts');
    launched.push(demo);
    await demo.waitFor('Sending', { withinMs: READY_WITHIN_MS });

    expect(await demo.interrupt({ withinMs: STOPPED_WITHIN_MS })).toEqual({ exitCode: 1, leftBehind: [] });
  });
});
