import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { businessDate } from '@jinku/calendar';
import { OutcomeClass, type NoticeVerification, type RailAnswer } from '@jinku/connectors';
import {
  anInstruction,
  ConnectorWorld,
  INQUIRIES_PER_SECOND,
  MAPPED,
  SIGNERS,
  TIMEOUT_MS,
  type Expected,
  type HouseUnderTest,
  type ScriptedFault,
} from './connector-world.ts';

/** The world of the tests; there is one when they run. */
type World = () => ConnectorWorld;

/** The same contract for every house: each outcome class is reached by a real exchange, with each signer. */
export function describeConnector(under: HouseUnderTest): void {
  describe.each(SIGNERS)(`the ${under.name} connector and the simulator's own process, signing with %s`, (signer) => {
    let current: ConnectorWorld;
    const world: World = () => current;
    beforeAll(async () => {
      current = await ConnectorWorld.of(under, signer);
    });
    afterAll(async () => {
      await (current as ConnectorWorld | undefined)?.end();
    });

    submitCases(under, world);
    refusalCases(under, world);
    readingCases(under, world);
    noticeCases(world);

    test('so every outcome class has been reached by a real exchange', () => {
      expect([...world().met].sort()).toEqual(Object.values(OutcomeClass).sort());
    });
  });
}

function submitCases(under: HouseUnderTest, world: World): void {
  test.each<[string, ScriptedFault | null, Expected, OutcomeClass]>([
    ['a payout that goes well', null, { outcome: 'SUCCEEDED', detail: 'ANSWERED', code: under.codes['0000'] }, 'SUCCEEDED'],
    ['a closed account', { fault: 'BUSINESS_FAILURE', code: '0101' }, { outcome: 'FAILED', detail: 'ANSWERED', code: under.codes['0101'] }, 'FAILED'],
    ['another name', { fault: 'BUSINESS_FAILURE', code: '0102' }, { outcome: 'FAILED', detail: 'ANSWERED', code: under.codes['0102'] }, 'FAILED'],
    ['a frozen account', { fault: 'BUSINESS_FAILURE', code: '0103' }, { outcome: 'FAILED', detail: 'ANSWERED', code: under.codes['0103'] }, 'FAILED'],
    ['a result that comes later', { fault: 'LOST_NOTICE', delayMs: 60_000 }, { outcome: 'ACCEPTED', detail: 'ANSWERED', code: under.acceptedCode }, 'ACCEPTED'],
    ['a refusal for risk', { fault: 'RISK_REFUSAL' }, { outcome: 'REJECTED_RISK', detail: 'ANSWERED', code: under.codes['0401'] }, 'NOT_FOUND'],
    ['no answer, executed', { fault: 'TIMEOUT_AFTER_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'TIMEOUT', code: null }, 'SUCCEEDED'],
    ['no answer, not executed', { fault: 'TIMEOUT_BEFORE_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'TIMEOUT', code: null }, 'NOT_FOUND'],
    ['a reset, executed', { fault: 'RESET_AFTER_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'CONNECTION_LOST', code: null }, 'SUCCEEDED'],
    ['a reset, not executed', { fault: 'RESET_BEFORE_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'CONNECTION_LOST', code: null }, 'NOT_FOUND'],
    ['a server error, executed', { fault: 'SERVER_ERROR_AFTER_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE', code: null }, 'SUCCEEDED'],
    ['a server error, not executed', { fault: 'SERVER_ERROR_BEFORE_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE', code: null }, 'NOT_FOUND'],
    ['a page instead of an answer', { fault: 'HTML_ANSWER' }, { outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE', code: null }, 'SUCCEEDED'],
    ['an empty answer', { fault: 'EMPTY_ANSWER' }, { outcome: 'UNKNOWN', detail: 'EMPTY_BODY', code: null }, 'SUCCEEDED'],
    ['a stranger\'s signature', { fault: 'WRONG_SIGNATURE' }, { outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE', code: null }, 'SUCCEEDED'],
    ['a code that decides nothing', { fault: 'SYSTEM_BUSY' }, { outcome: 'UNKNOWN', detail: 'UNMAPPED', code: under.codes['9999'] }, 'NOT_FOUND'],
    ['an execution after the answer was due', { fault: 'LATE_EXECUTION', delayMs: 5_000 }, { outcome: 'UNKNOWN', detail: 'TIMEOUT', code: null }, 'NOT_FOUND'],
    ['an answer that is slow, but in time', { fault: 'SLOW_ANSWER', delayMs: 200 }, { outcome: 'SUCCEEDED', detail: 'ANSWERED', code: under.codes['0000'] }, 'SUCCEEDED'],
  ])('%s, and then an inquiry', async (_, fault, expected, found) => {
    await world().play(fault === null ? [] : [fault]);
    const { serialNumber } = anInstruction();
    const submitted = world().told(await world().submit({ serialNumber }));
    const inquired = await world().rail.inquirePayout(serialNumber);

    expect(submitted).toEqual(expected);
    expect(world().told(inquired).outcome).toBe(found);
  });
}

function refusalCases({ codes }: HouseUnderTest, world: World): void {
  test('a number that was seen before is a duplicate, whatever the content, and executes nothing', async () => {
    await world().play([]);
    const { serialNumber } = anInstruction();
    const before = await world().executedCount();
    const first = world().told(await world().submit({ serialNumber }));
    const again = [world().told(await world().submit({ serialNumber })), world().told(await world().submit({ serialNumber, amountMinor: 9_900n }))];

    expect(first.outcome).toBe('SUCCEEDED');
    expect(again).toEqual([{ outcome: 'REJECTED_DUPLICATE', detail: 'ANSWERED', code: codes['0201'] }, { outcome: 'REJECTED_DUPLICATE', detail: 'ANSWERED', code: codes['0201'] }]);
    expect(await world().executedCount()).toBe(before + 1);
  });

  test('what the house refuses before it looks at the payee has its class', async () => {
    await world().play([]);

    expect(world().told(await world().submit({ validUntil: new Date(Date.now() - 1_000) }))).toEqual({ outcome: 'REJECTED_WINDOW', detail: 'ANSWERED', code: codes['0302'] });
    expect(world().told(await world().submit({ amountMinor: 100_000_001n }))).toEqual({ outcome: 'REJECTED_FUNDS', detail: 'ANSWERED', code: codes['0301'] });
    expect(world().told(await world().submit({ purpose: '' }))).toEqual({ outcome: 'REJECTED_FORMAT', detail: 'ANSWERED', code: codes['0501'] });
  });

  test('a signature that is not the institution\'s is refused, and the refusal itself is believed only because the house signed it', async () => {
    await world().play([]);
    const stranger = world().stranger();
    const before = await world().executedCount();
    const answer = world().told(await stranger.submitPayout(anInstruction(), { timeoutMs: TIMEOUT_MS }));
    await stranger.close();

    expect(answer).toEqual({ outcome: 'REJECTED_SIGNATURE', detail: 'ANSWERED', code: codes['0502'] });
    expect(await world().executedCount()).toBe(before);
  });

  test('a house that nobody can reach leaves the outcome open, and says that nothing has left', async () => {
    const nowhere = await world().nowhere();
    const answer = world().told(await nowhere.submitPayout(anInstruction(), { timeoutMs: TIMEOUT_MS }));
    await nowhere.close();

    expect(answer).toEqual({ outcome: 'UNKNOWN', detail: 'NOT_CONNECTED', code: null });
  });
}

function readingCases(under: HouseUnderTest, world: World): void {
  test('inquiries above the budget say nothing about the payout', async () => {
    const answers = await Promise.all(Array.from({ length: 3 * INQUIRIES_PER_SECOND }, () => world().rail.inquirePayout('JINKU001NEVERSEEN')));
    const outcomes = new Set(answers.map(({ outcome, code }) => `${outcome} ${code ?? ''}`));

    expect([...outcomes].sort()).toEqual([`NOT_FOUND ${under.codes['0602']}`, `UNKNOWN ${under.codes['0601']}`]);
    // The bucket fills up again before the next test.
    await pause(1_000);
  });

  test('the quota is read to the fen', async () => {
    const { outcome, mappedMinor, availableMinor } = await world().rail.readQuota();

    expect([outcome, mappedMinor]).toEqual(['SUCCEEDED', 100_000_000n]);
    expect(availableMinor).toBeLessThan(100_000_000n);
  });

  test('an increase is taken first and decided later, a decrease at once', async () => {
    await world().play([]);
    const adjust = (direction: 'INCREASE' | 'DECREASE'): Promise<RailAnswer> =>
      world().rail.adjustQuota({ serialNumber: `JINKU001-${randomUUID()}`, direction, amountMinor: 500n, validUntil: new Date(Date.now() + 60_000) }, { timeoutMs: TIMEOUT_MS });

    expect(world().told(await adjust('DECREASE'))).toEqual({ outcome: 'SUCCEEDED', detail: 'ANSWERED', code: under.codes['0000'] });
    expect(world().told(await adjust('INCREASE'))).toEqual({ outcome: 'ACCEPTED', detail: 'ANSWERED', code: under.acceptedCode });
    await world().heard((all) => all.some((one) => one.valid && one.notice.kind === 'QUOTA_ADJUSTED'));
    expect(world().door.heard.find((one) => one.valid && one.notice.kind === 'QUOTA_ADJUSTED')).toMatchObject({ notice: { clearingHouse: under.clearingHouse, outcome: 'SUCCEEDED', amountMinor: 500n } });
  });

  test('the open session holds what was paid, has no bill yet, and a day without a session is not found', async () => {
    await world().play([]);
    const { clearingDate } = await world().submit();
    if (clearingDate === undefined) throw new Error('a success names its session');
    await world().house.call({ method: 'POST', path: world().at('collections'), body: { channel: 'COLLECTION', amount: '12.34' } });
    const { outcome, session } = await world().rail.readSession(clearingDate);

    expect(outcome).toBe('SUCCEEDED');
    expect(session).toMatchObject({ clearingDate, state: 'OPEN', receiptsMinor: 1_234n, payoutCount: await world().executedCount(), settledAt: null });
    expect(session?.payoutsMinor).toBe(8_800n * BigInt(session?.payoutCount ?? 0));
    expect(await world().rail.readPayoutFile(clearingDate)).toMatchObject({ outcome: 'NOT_FOUND', lines: null });
    expect(await world().rail.readSession(businessDate('2020-01-01'))).toMatchObject({ outcome: 'NOT_FOUND', session: null });
  });
}

function noticeCases(world: World): void {
  test('every kind of notice is believed when the house signed it, and no lie is', async () => {
    const [late, failing, forged, wrong] = ['6222020200000000001', '6222020200000000002', '6222020200000000003', '6222020200000000004'];
    await world().play([
      { payeeAccount: late, fault: 'LATE_NOTICE', delayMs: 100 },
      { payeeAccount: failing, fault: 'LATE_NOTICE', delayMs: 100, code: '0103' },
      { payeeAccount: forged, fault: 'FORGED_NOTICE', delayMs: 100 },
      { payeeAccount: wrong, fault: 'WRONG_AMOUNT_NOTICE', delayMs: 100 },
    ] as ScriptedFault[]);
    const serials = new Map<string, string>();
    for (const accountNumber of [late, failing, forged, wrong] as string[]) {
      const instruction = anInstruction({ payee: { ...anInstruction().payee, accountNumber } });
      serials.set(instruction.serialNumber, accountNumber);
      expect(world().told(await world().submit(instruction)).outcome).toBe('ACCEPTED');
    }
    const [paidLate] = serials.keys();
    const isResultOf = (serialNumber: string) => (one: NoticeVerification) => one.valid && one.notice.kind === 'PAYOUT_RESULT' && one.notice.serialNumber === serialNumber;
    await world().heard((all) => all.some(({ valid }) => !valid) && [...serials.keys()].every((serialNumber) => all.some(isResultOf(serialNumber))));
    await world().house.call({ method: 'POST', path: world().at('returns'), body: { serialNumber: paidLate, amount: '8.00' } });
    await world().house.call({ method: 'POST', path: world().at('quota'), body: { mapped: MAPPED, notify: true } });
    await world().heard((all) => all.some((one) => one.valid && one.notice.kind === 'QUOTA_CHANGED') && all.some((one) => one.valid && one.notice.kind === 'PAYOUT_RETURNED'));
    const believed = world().door.heard.flatMap((one) => (one.valid ? [one.notice] : []));
    const results = new Map(believed.filter(({ kind }) => kind === 'PAYOUT_RESULT').map(({ serialNumber, outcome, amountMinor }) => [serials.get(serialNumber ?? ''), [outcome, amountMinor]]));
    believed.forEach(({ outcome }) => outcome !== null && world().met.add(outcome));

    expect(Object.fromEntries(results)).toEqual({ [late as string]: ['SUCCEEDED', 8_800n], [failing as string]: ['FAILED', 8_800n], [forged as string]: ['SUCCEEDED', 8_800n], [wrong as string]: ['SUCCEEDED', 8_900n] });
    expect(world().door.heard.filter((one) => !one.valid)).toEqual([{ valid: false, fault: 'BAD_SIGNATURE' }]);
    expect(believed.find(({ kind }) => kind === 'PAYOUT_RETURNED')).toMatchObject({ serialNumber: paidLate, outcome: 'RETURNED', amountMinor: 800n });
    expect(believed.find(({ kind }) => kind === 'QUOTA_CHANGED')).toMatchObject({ serialNumber: null, outcome: null, amountMinor: 100_000_000n });
  });
}
