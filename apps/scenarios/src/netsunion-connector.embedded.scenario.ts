import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '@jinku/calendar';
import { Api, startStack, type Stack } from '@jinku/cli';
import { NETSUNION_NOTICE_PATH, netsUnionNotices, NetsUnionRail, netsUnionRail, OutcomeClass, type PayoutInstruction, type RailAnswer } from '@jinku/connectors';
import { freePort } from '@jinku/infrastructure';
import { createSigner, createVerifier } from '@jinku/security';
import { NoticeListener } from './notice-listener.ts';
import type { FaultPlan } from './payout-world.ts';

const TIMEOUT_MS = 700;
const HEARD_WITHIN_MS = 10_000;
const INQUIRIES_PER_SECOND = 20;
const MAPPED = '1000000.00';
const SIGNERS = ['hmac-sm3', 'rsa', 'sm2'] as const;

type Expected = Partial<Pick<RailAnswer, 'outcome' | 'detail' | 'code'>>;
type Fault = NonNullable<FaultPlan['script']>[number];

/** Outcome classes that each signer has met, by a real exchange with the house or by a notice from it. */
const met = new Map<string, Set<OutcomeClass>>();

jest.setTimeout(90_000);

describe.each(SIGNERS)('the NetsUnion connector and the simulator\'s own process, signing with %s', (signer) => {
  let stack: Stack;
  let rail: NetsUnionRail;
  let house: Api;
  let door: NoticeListener;
  let environment: Record<string, string>;

  beforeAll(async () => {
    const stateDir = join(tmpdir(), `jinku-connector-${process.pid}-${randomUUID().slice(0, 8)}`);
    const port = await freePort();
    const settings = {
      JINKU_SIGNER: signer,
      JINKU_RAILS_NOTICE_URL: `http://127.0.0.1:${port}${NETSUNION_NOTICE_PATH}`,
      JINKU_RAILS_INQUIRIES_PER_SECOND: String(INQUIRIES_PER_SECOND),
    };
    stack = await startStack({ profile: 'embedded', stateDir, services: ['rail-simulator'], env: settings, fsync: false });
    environment = { JINKU_SIGNER: signer, JINKU_NETSUNION_URL: stack.urls['rail-simulator'] };
    rail = netsUnionRail(environment, stack.keysDir);
    house = new Api(stack.urls['rail-simulator']);
    door = await NoticeListener.at(port, netsUnionNotices(environment, stack.keysDir));
    await house.call({ method: 'POST', path: '/admin/quota', body: { mapped: MAPPED } });
    met.set(signer, new Set());
  });

  afterAll(async () => {
    await (rail as NetsUnionRail | undefined)?.close();
    await (door as NoticeListener | undefined)?.close();
    await (stack as Stack | undefined)?.stop();
    if ((stack as Stack | undefined) !== undefined) rmSync(stack.stateDir, { recursive: true, force: true });
  });

  async function play(script: readonly Fault[]): Promise<void> {
    await house.call({ method: 'PUT', path: '/admin/faults', body: { script } });
  }

  function told({ outcome, detail, code }: RailAnswer): Expected {
    met.get(signer)?.add(outcome);
    return { outcome, detail, code };
  }

  async function submit(changes: Partial<PayoutInstruction> = {}): Promise<RailAnswer> {
    return await rail.submitPayout(anInstruction(changes), { timeoutMs: TIMEOUT_MS });
  }

  test.each<[string, Fault | null, Expected, OutcomeClass]>([
    ['a payout that goes well', null, { outcome: 'SUCCEEDED', detail: 'ANSWERED', code: '0000' }, 'SUCCEEDED'],
    ['a closed account', { fault: 'BUSINESS_FAILURE', code: '0101' }, { outcome: 'FAILED', detail: 'ANSWERED', code: '0101' }, 'FAILED'],
    ['another name', { fault: 'BUSINESS_FAILURE', code: '0102' }, { outcome: 'FAILED', detail: 'ANSWERED', code: '0102' }, 'FAILED'],
    ['a frozen account', { fault: 'BUSINESS_FAILURE', code: '0103' }, { outcome: 'FAILED', detail: 'ANSWERED', code: '0103' }, 'FAILED'],
    ['a result that comes later', { fault: 'LOST_NOTICE', delayMs: 60_000 }, { outcome: 'ACCEPTED', detail: 'ANSWERED', code: '0000' }, 'ACCEPTED'],
    ['a refusal for risk', { fault: 'RISK_REFUSAL' }, { outcome: 'REJECTED_RISK', detail: 'ANSWERED', code: '0401' }, 'NOT_FOUND'],
    ['no answer, executed', { fault: 'TIMEOUT_AFTER_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'TIMEOUT', code: null }, 'SUCCEEDED'],
    ['no answer, not executed', { fault: 'TIMEOUT_BEFORE_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'TIMEOUT', code: null }, 'NOT_FOUND'],
    ['a reset, executed', { fault: 'RESET_AFTER_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'CONNECTION_LOST', code: null }, 'SUCCEEDED'],
    ['a reset, not executed', { fault: 'RESET_BEFORE_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'CONNECTION_LOST', code: null }, 'NOT_FOUND'],
    ['a server error, executed', { fault: 'SERVER_ERROR_AFTER_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE', code: null }, 'SUCCEEDED'],
    ['a server error, not executed', { fault: 'SERVER_ERROR_BEFORE_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE', code: null }, 'NOT_FOUND'],
    ['a page instead of an answer', { fault: 'HTML_ANSWER' }, { outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE', code: null }, 'SUCCEEDED'],
    ['an empty answer', { fault: 'EMPTY_ANSWER' }, { outcome: 'UNKNOWN', detail: 'EMPTY_BODY', code: null }, 'SUCCEEDED'],
    ['a stranger\'s signature', { fault: 'WRONG_SIGNATURE' }, { outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE', code: null }, 'SUCCEEDED'],
    ['a code that decides nothing', { fault: 'SYSTEM_BUSY' }, { outcome: 'UNKNOWN', detail: 'UNMAPPED', code: '9999' }, 'NOT_FOUND'],
    ['an execution after the answer was due', { fault: 'LATE_EXECUTION', delayMs: 5_000 }, { outcome: 'UNKNOWN', detail: 'TIMEOUT', code: null }, 'NOT_FOUND'],
    ['an answer that is slow, but in time', { fault: 'SLOW_ANSWER', delayMs: 200 }, { outcome: 'SUCCEEDED', detail: 'ANSWERED', code: '0000' }, 'SUCCEEDED'],
  ])('%s, and then an inquiry', async (_, fault, expected, found) => {
    await play(fault === null ? [] : [fault]);
    const { serialNumber } = anInstruction();
    const submitted = told(await submit({ serialNumber }));
    const inquired = await rail.inquirePayout(serialNumber);

    expect(submitted).toEqual(expected);
    expect(told(inquired).outcome).toBe(found);
  });

  test('a number that was seen before is a duplicate, whatever the content, and executes nothing', async () => {
    await play([]);
    const { serialNumber } = anInstruction();
    const before = await executedCount(house);
    const first = told(await submit({ serialNumber }));
    const again = [told(await submit({ serialNumber })), told(await submit({ serialNumber, amountMinor: 9_900n }))];

    expect(first.outcome).toBe('SUCCEEDED');
    expect(again).toEqual([{ outcome: 'REJECTED_DUPLICATE', detail: 'ANSWERED', code: '0201' }, { outcome: 'REJECTED_DUPLICATE', detail: 'ANSWERED', code: '0201' }]);
    expect(await executedCount(house)).toBe(before + 1);
  });

  test('what the house refuses before it looks at the payee has its class', async () => {
    await play([]);

    expect(told(await submit({ validUntil: new Date(Date.now() - 1_000) }))).toEqual({ outcome: 'REJECTED_WINDOW', detail: 'ANSWERED', code: '0302' });
    expect(told(await submit({ amountMinor: 100_000_001n }))).toEqual({ outcome: 'REJECTED_FUNDS', detail: 'ANSWERED', code: '0301' });
    expect(told(await submit({ purpose: '' }))).toEqual({ outcome: 'REJECTED_FORMAT', detail: 'ANSWERED', code: '0501' });
  });

  test('a signature that is not the institution\'s is refused, and the refusal itself is believed only because the house signed it', async () => {
    await play([]);
    const stranger = strangerOf(signer, { stack, environment });
    const before = await executedCount(house);
    const answer = told(await stranger.submitPayout(anInstruction(), { timeoutMs: TIMEOUT_MS }));
    await stranger.close();

    expect(answer).toEqual({ outcome: 'REJECTED_SIGNATURE', detail: 'ANSWERED', code: '0502' });
    expect(await executedCount(house)).toBe(before);
  });

  test('a house that nobody can reach leaves the outcome open, and says that nothing has left', async () => {
    const nowhere = netsUnionRail({ ...environment, JINKU_NETSUNION_URL: `http://127.0.0.1:${await freePort()}` }, stack.keysDir);
    const answer = told(await nowhere.submitPayout(anInstruction(), { timeoutMs: TIMEOUT_MS }));
    await nowhere.close();

    expect(answer).toEqual({ outcome: 'UNKNOWN', detail: 'NOT_CONNECTED', code: null });
  });

  test('inquiries above the budget say nothing about the payout', async () => {
    const answers = await Promise.all(Array.from({ length: 3 * INQUIRIES_PER_SECOND }, () => rail.inquirePayout('JINKU001NEVERSEEN')));
    const outcomes = new Set(answers.map(({ outcome, code }) => `${outcome} ${code ?? ''}`));

    expect([...outcomes].sort()).toEqual(['NOT_FOUND 0602', 'UNKNOWN 0601']);
    // The bucket fills up again before the next test.
    await pause(1_000);
  });

  test('the quota is read to the fen', async () => {
    const { outcome, mappedMinor, availableMinor } = await rail.readQuota();

    expect([outcome, mappedMinor]).toEqual(['SUCCEEDED', 100_000_000n]);
    expect(availableMinor).toBeLessThan(100_000_000n);
  });

  test('every kind of notice is believed when the house signed it, and no lie is', async () => {
    const [late, failing, forged, wrong] = ['6222020200000000001', '6222020200000000002', '6222020200000000003', '6222020200000000004'];
    await play([
      { payeeAccount: late, fault: 'LATE_NOTICE', delayMs: 100 },
      { payeeAccount: failing, fault: 'LATE_NOTICE', delayMs: 100, code: '0103' },
      { payeeAccount: forged, fault: 'FORGED_NOTICE', delayMs: 100 },
      { payeeAccount: wrong, fault: 'WRONG_AMOUNT_NOTICE', delayMs: 100 },
    ] as Fault[]);
    const serials = new Map<string, string>();
    for (const accountNumber of [late, failing, forged, wrong] as string[]) {
      const instruction = anInstruction({ payee: { ...anInstruction().payee, accountNumber } });
      serials.set(instruction.serialNumber, accountNumber);
      expect(told(await submit(instruction)).outcome).toBe('ACCEPTED');
    }
    const [paidLate] = serials.keys();
    await heard(door, ({ length }) => length >= 5);
    await house.call({ method: 'POST', path: '/admin/returns', body: { serialNumber: paidLate, amount: '8.00' } });
    await house.call({ method: 'POST', path: '/admin/quota', body: { mapped: MAPPED, notify: true } });
    await heard(door, (all) => all.some((one) => one.valid && one.notice.kind === 'QUOTA_CHANGED') && all.some((one) => one.valid && one.notice.kind === 'PAYOUT_RETURNED'));
    const believed = door.heard.flatMap((one) => (one.valid ? [one.notice] : []));
    const results = new Map(believed.filter(({ kind }) => kind === 'PAYOUT_RESULT').map(({ serialNumber, outcome, amountMinor }) => [serials.get(serialNumber ?? ''), [outcome, amountMinor]]));
    believed.forEach(({ outcome }) => outcome !== null && met.get(signer)?.add(outcome));

    expect(Object.fromEntries(results)).toEqual({ [late as string]: ['SUCCEEDED', 8_800n], [failing as string]: ['FAILED', 8_800n], [forged as string]: ['SUCCEEDED', 8_800n], [wrong as string]: ['SUCCEEDED', 8_900n] });
    expect(door.heard.filter((one) => !one.valid)).toEqual([{ valid: false, fault: 'BAD_SIGNATURE' }]);
    expect(believed.find(({ kind }) => kind === 'PAYOUT_RETURNED')).toMatchObject({ serialNumber: paidLate, outcome: 'RETURNED', amountMinor: 800n });
    expect(believed.find(({ kind }) => kind === 'QUOTA_CHANGED')).toMatchObject({ serialNumber: null, outcome: null, amountMinor: 100_000_000n });
  });

  test('so every outcome class has been reached by a real exchange', () => {
    expect([...(met.get(signer) ?? [])].sort()).toEqual(Object.values(OutcomeClass).sort());
  });
});

function anInstruction(changes: Partial<PayoutInstruction> = {}): PayoutInstruction {
  return {
    serialNumber: `JINKU001-${randomUUID()}`,
    amountMinor: 8_800n,
    payee: { accountNumber: '6222020200012345678', accountName: '王小明', bankCode: '102100099996' },
    purpose: '提现',
    businessLine: 'WITHDRAWAL',
    merchantId: 'M10001',
    validUntil: new Date(Date.now() + 60_000),
    ...changes,
  };
}

/** Signs under the institution's key id with a key that is not the institution's, and knows the house's true key. */
function strangerOf(signer: (typeof SIGNERS)[number], { stack, environment }: { stack: Stack; environment: Record<string, string> }): NetsUnionRail {
  if (signer === 'hmac-sm3') {
    const secret = Buffer.from(readFileSync(join(stack.keysDir, 'netsunion', 'hmac.key'), 'utf8').trim(), 'hex');
    return new NetsUnionRail({
      origin: stack.urls['rail-simulator'],
      institution: 'JINKU001',
      signer: createSigner({ algorithm: 'HMAC-SM3', keyId: 'institution.hmac', secret: randomBytes(32) }),
      houseVerifiers: [createVerifier({ algorithm: 'HMAC-SM3', keyId: 'house.hmac', secret })],
      clock: systemClock,
      connections: 1,
    });
  }
  const keysDir = mkdtempSync(join(stack.stateDir, 'stranger-'));
  cpSync(stack.keysDir, keysDir, { recursive: true });
  cpSync(join(stack.keysDir, 'netsunion', `house.${signer}.key`), join(keysDir, 'netsunion', `institution.${signer}.key`));
  return netsUnionRail(environment, keysDir);
}

async function executedCount(house: Api): Promise<number> {
  return (await house.call<{ executed: { count: number } }>({ path: '/admin/counters' })).executed.count;
}

async function heard(door: NoticeListener, isEnough: (all: NoticeListener['heard']) => boolean): Promise<void> {
  const deadline = performance.now() + HEARD_WITHIN_MS;
  while (!isEnough(door.heard) && performance.now() < deadline) await pause(20);
}
