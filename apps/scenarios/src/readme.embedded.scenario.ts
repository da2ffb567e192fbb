import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CHECKOUT, Institution, readPayoutFiles, SERVICE_NAMES, startStack, type Stack } from '@jinku/cli';

const FINAL_WITHIN_MS = 20_000;
const COMMAND_ENDS_WITHIN_MS = 40_000;
/** What the README leaves to the reader to fill in. */
const TO_FILL_IN = /^(?:export )?(?:URL|TOKEN|STATE)=.*$/gm;

jest.setTimeout(120_000);

/** Everything that the README tells a newcomer to run against a demo that stays up, run as it stands there. */
describe('the README\'s first payouts', () => {
  let stack: Stack;
  let run: (command: string) => Promise<string>;
  const blocks = shellBlocks(readFileSync(join(CHECKOUT, 'README.md'), 'utf8'));

  beforeAll(async () => {
    const files = { ...readPayoutFiles(), faults: '{}' };
    stack = await startStack({ profile: 'embedded', stateDir: join(tmpdir(), `jinku-readme-${process.pid}`), fsync: false });
    const institution = await Institution.staff(stack);
    await institution.register(files);
    await institution.arrangeRail(files);
    run = shellWith({ URL: stack.urls.gateway, TOKEN: institution.operatorToken, STATE: stack.stateDir });
  });

  afterAll(async () => {
    await (stack as Stack | undefined)?.stop();
    rmSync(join(tmpdir(), `jinku-readme-${process.pid}`), { recursive: true, force: true });
  });

  test('a payout by curl is accepted, is the same payout when asked for again, and is paid', async () => {
    const ask = blockWith('DEMO-BY-CURL-1');
    const looks = blockWith('PAYOUT-ID').trim().split('\n');

    const answer = JSON.parse(await run(ask)) as { payoutId: string };
    const again = JSON.parse(await run(ask)) as { payoutId: string };
    const look = (index: number): Promise<string> => run((looks[index] ?? '').replaceAll('PAYOUT-ID', answer.payoutId));
    const payout = await settled(() => look(0));

    expect(again.payoutId).toBe(answer.payoutId);
    expect(payout).toMatchObject({ payoutId: answer.payoutId, requestId: 'DEMO-BY-CURL-1', amount: '88.00', state: 'SUCCEEDED' });
    expect(JSON.parse(await look(1))).toMatchObject({ items: [{ number: 1, conclusion: 'SUCCEEDED' }] });
    expect(JSON.parse(await look(2))).toMatchObject({ balance: expect.any(String) });
  });

  test('a payout by message is taken from its signed client, and its result is read', async () => {
    const said = await run(blockWith('settlement.request-payouts.v1'));

    expect(said).toMatch(/^202 \{.*"APPENDED"/);
    expect(said).toContain(`state: 'SUCCEEDED'`);
  });

  test('the committed OpenAPI documents are what the services answer', async () => {
    for (const name of SERVICE_NAMES) {
      const committed = readFileSync(join(CHECKOUT, 'docs', 'api', `${name === 'gateway' ? 'jinku' : name}.openapi.json`), 'utf8');
      const served = (await (await fetch(`${stack.urls[name]}/openapi.json`)).json()) as unknown;
      expect(served).toEqual(JSON.parse(committed));
    }
  });

  function blockWith(text: string): string {
    const found = blocks.find((block) => block.includes(text));
    if (found === undefined) throw new Error(`the README has no block with ${text} any more`);
    return found.replaceAll(TO_FILL_IN, '');
  }
});

function shellBlocks(page: string): string[] {
  return [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
}

function shellWith(variables: Readonly<Record<string, string>>): (command: string) => Promise<string> {
  const env = { ...process.env, ...variables, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };
  return async (command) => (await promisify(execFile)('/bin/sh', ['-c', command], { cwd: CHECKOUT, env, timeout: COMMAND_ENDS_WITHIN_MS })).stdout;
}

async function settled(look: () => Promise<string>): Promise<unknown> {
  const deadline = performance.now() + FINAL_WITHIN_MS;
  for (;;) {
    const payout = JSON.parse(await look()) as { state: string };
    if (!['QUEUED', 'DISPATCHED', 'UNKNOWN'].includes(payout.state) || performance.now() > deadline) return payout;
    await pause(100);
  }
}
