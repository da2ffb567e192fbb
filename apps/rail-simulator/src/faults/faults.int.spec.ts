import { eventually } from '@jinku/testing';

import { aPayout, aTestHouse, TestInstitution, TestNoticeDoor, type TestHouse, type Told } from '../simulator.builder.ts';
import { startSimulator, type RunningSimulator } from '../simulator.ts';
import type { FaultKind } from './fault.ts';

let house: TestHouse;
let door: TestNoticeDoor;
let noticeUrl: string;
let simulator: RunningSimulator;
let institution: TestInstitution;

beforeAll(async () => {
  house = await aTestHouse();
  door = new TestNoticeDoor(house.secret);
  noticeUrl = await door.listen();
  await open();
});

afterAll(async () => {
  await institution.close();
  await simulator.stop();
  await door.close();
  await house.drop();
});

async function open(): Promise<void> {
  simulator = await startSimulator(house.config({ noticeUrl }), () => undefined);
  institution = new TestInstitution(simulator.url, house.secret);
}

/** Pays once under this fault; null when no whole answer came. */
async function payUnder(
  fault: FaultKind,
  given: { delayMs?: number; code?: string; timeoutMs?: number } = {},
): Promise<{ serialNumber: unknown; told: Told | null }> {
  const { timeoutMs = 2_000, ...rest } = given;
  await institution.admin('PUT', '/admin/faults', { script: [{ fault, delayMs: 150, ...rest }] });
  const payout = aPayout();
  const told = await institution.pay(payout, { timeoutMs }).catch(() => null);
  return { serialNumber: payout['serialNumber'], told };
}

async function executed(serialNumber: unknown): Promise<boolean> {
  return (await house.database.query('SELECT 1 FROM rails.executed_payout WHERE serial_number = $1', [serialNumber])).rowCount === 1;
}

async function openNotices(serialNumber: unknown): Promise<number | null> {
  return (await house.database.query('SELECT 1 FROM rails.notice WHERE serial_number = $1 AND NOT is_done', [serialNumber])).rowCount;
}

async function statusOf(serialNumber: unknown): Promise<unknown> {
  return (await institution.inquire(serialNumber)).fields['status'];
}

test.each(['TIMEOUT_BEFORE_EXECUTION', 'RESET_BEFORE_EXECUTION'] as const)(
  '%s: no answer, nothing executed, and the number is free',
  async (fault) => {
    const { serialNumber, told } = await payUnder(fault, { timeoutMs: 300 });

    expect(told).toBeNull();
    expect(await executed(serialNumber)).toBe(false);
    expect(await statusOf(serialNumber)).toBe('NOT_FOUND');
    await institution.admin('PUT', '/admin/faults', {});
    expect((await institution.pay(aPayout({ serialNumber: String(serialNumber) }))).fields).toMatchObject({ status: 'SUCCEEDED' });
  },
);

test.each(['TIMEOUT_AFTER_EXECUTION', 'RESET_AFTER_EXECUTION'] as const)('%s: no answer, but executed', async (fault) => {
  const { serialNumber, told } = await payUnder(fault, { timeoutMs: 300 });

  expect(told).toBeNull();
  expect(await executed(serialNumber)).toBe(true);
  expect(await statusOf(serialNumber)).toBe('SUCCEEDED');
});

test.each([
  ['SERVER_ERROR_BEFORE_EXECUTION', 500, false],
  ['SERVER_ERROR_AFTER_EXECUTION', 500, true],
  ['HTML_ANSWER', 200, true],
] as const)('%s: a page with HTTP %d, executed: %p', async (fault, httpStatus, isExecuted) => {
  const { serialNumber, told } = await payUnder(fault);

  expect(told).toMatchObject({ httpStatus, isSigned: false });
  expect(told?.text).toContain('<html>');
  expect(await executed(serialNumber)).toBe(isExecuted);
});

test('EMPTY_ANSWER: HTTP 200 and nothing in it, executed', async () => {
  const { serialNumber, told } = await payUnder('EMPTY_ANSWER');

  expect(told).toMatchObject({ httpStatus: 200, isSigned: false, text: '' });
  expect(await executed(serialNumber)).toBe(true);
});

test('SYSTEM_BUSY: a signed 9999, nothing executed', async () => {
  const { serialNumber, told } = await payUnder('SYSTEM_BUSY');

  expect(told).toMatchObject({ isSigned: true, fields: { serialNumber, status: 'UNKNOWN', code: '9999' } });
  expect(await executed(serialNumber)).toBe(false);
});

test('WRONG_SIGNATURE: executed, and the answer does not verify', async () => {
  const { serialNumber, told } = await payUnder('WRONG_SIGNATURE');

  expect(told).toMatchObject({ httpStatus: 200, isSigned: false, fields: { status: 'SUCCEEDED' } });
  expect(await executed(serialNumber)).toBe(true);
});

test('SLOW_ANSWER: executed at once, answered late', async () => {
  const startedAt = performance.now();
  const { serialNumber, told } = await payUnder('SLOW_ANSWER', { delayMs: 400 });

  expect(told?.fields).toMatchObject({ status: 'SUCCEEDED' });
  expect(performance.now() - startedAt).toBeGreaterThan(350);
  expect(await executed(serialNumber)).toBe(true);
});

test('LATE_EXECUTION: not found at first, executed later', async () => {
  const { serialNumber, told } = await payUnder('LATE_EXECUTION', { delayMs: 600, timeoutMs: 200 });

  expect(told).toBeNull();
  expect(await statusOf(serialNumber)).toBe('NOT_FOUND');
  await eventually(async () => expect(await executed(serialNumber)).toBe(true));
  expect(await statusOf(serialNumber)).toBe('SUCCEEDED');
});

test('LATE_EXECUTION: past its validUntil it is not executed', async () => {
  await institution.admin('PUT', '/admin/faults', { script: [{ fault: 'LATE_EXECUTION', delayMs: 300 }] });
  const payout = aPayout({ validUntil: Date.now() + 150 });

  expect((await institution.pay(payout)).fields).toMatchObject({ status: 'REJECTED', code: '0302' });
  expect(await executed(payout['serialNumber'])).toBe(false);
});

test('BUSINESS_FAILURE and RISK_REFUSAL: definite, and no quota is consumed', async () => {
  const before = (await institution.admin('GET', '/admin/quota')).fields;

  expect((await payUnder('BUSINESS_FAILURE', { code: '0103' })).told?.fields).toMatchObject({ status: 'FAILED', code: '0103' });
  expect((await payUnder('RISK_REFUSAL')).told?.fields).toMatchObject({ status: 'REJECTED', code: '0401' });
  expect((await institution.admin('GET', '/admin/quota')).fields).toEqual(before);
});

test('LATE_NOTICE: accepted, processing until its time, then told once by a signed notice', async () => {
  const { serialNumber, told } = await payUnder('LATE_NOTICE', { delayMs: 500 });

  expect(told?.fields).toMatchObject({ status: 'ACCEPTED', code: '0000' });
  expect(await statusOf(serialNumber)).toBe('PROCESSING');
  await eventually(() => expect(door.about(serialNumber)).toHaveLength(1));
  expect(door.about(serialNumber)).toMatchObject([
    { isSigned: true, fields: { kind: 'PAYOUT_RESULT', status: 'SUCCEEDED', code: '0000', amount: '12.34' } },
  ]);
  expect(await statusOf(serialNumber)).toBe('SUCCEEDED');
});

test('LATE_NOTICE with a code: the notice tells of a failure', async () => {
  const { serialNumber } = await payUnder('LATE_NOTICE', { code: '0101' });

  await eventually(() => expect(door.about(serialNumber)).toHaveLength(1));
  expect(door.about(serialNumber)).toMatchObject([{ isSigned: true, fields: { status: 'FAILED', code: '0101', clearingDate: null } }]);
  expect(await executed(serialNumber)).toBe(false);
});

test('LOST_NOTICE: the inquiry is the only way to learn of it', async () => {
  const { serialNumber, told } = await payUnder('LOST_NOTICE', { delayMs: 100 });

  expect(told?.fields).toMatchObject({ status: 'ACCEPTED' });
  await eventually(async () => expect(await statusOf(serialNumber)).toBe('SUCCEEDED'));
  expect((await house.database.query('SELECT 1 FROM rails.notice WHERE serial_number = $1', [serialNumber])).rowCount).toBe(0);
});

test('DUPLICATE_NOTICE: the same notice comes again after it was taken', async () => {
  const { serialNumber } = await payUnder('DUPLICATE_NOTICE');

  await eventually(() => expect(door.about(serialNumber)).toHaveLength(2));
  const [first, second] = door.about(serialNumber);
  expect(second?.fields).toEqual(first?.fields);
});

test('FORGED_NOTICE: a lie with a wrong signature comes once, then the truth', async () => {
  const { serialNumber } = await payUnder('FORGED_NOTICE');

  await eventually(() => expect(door.about(serialNumber)).toHaveLength(2));
  expect(door.about(serialNumber)).toMatchObject([
    { isSigned: false, fields: { status: 'FAILED', code: '0101' } },
    { isSigned: true, fields: { status: 'SUCCEEDED', code: '0000' } },
  ]);
});

test('WRONG_AMOUNT_NOTICE: the notice is a yuan too high, the inquiry tells the truth', async () => {
  const { serialNumber } = await payUnder('WRONG_AMOUNT_NOTICE');

  await eventually(() => expect(door.about(serialNumber)).toHaveLength(1));
  expect(door.about(serialNumber)).toMatchObject([{ isSigned: true, fields: { status: 'SUCCEEDED', amount: '13.34' } }]);
  expect((await institution.inquire(serialNumber)).fields).toMatchObject({ status: 'SUCCEEDED', amount: '12.34' });
});

test('a notice that nobody takes comes again, also after a restart, until it is taken', async () => {
  door.isTaking = false;
  const { serialNumber } = await payUnder('LATE_NOTICE', { delayMs: 1 });
  await eventually(() => expect(door.about(serialNumber)).not.toEqual([]));
  await institution.close();
  await simulator.stop();
  await open();
  const refused = door.about(serialNumber).length;

  await eventually(() => expect(door.about(serialNumber).length).toBeGreaterThan(refused), { withinMs: 8_000 });
  door.isTaking = true;
  const ids = (): unknown[] => door.about(serialNumber).map(({ fields }) => fields['noticeId']);
  await eventually(async () => expect(await openNotices(serialNumber)).toBe(0), { withinMs: 8_000 });

  expect(new Set(ids()).size).toBe(1);
}, 20_000);

test('a return and a change of quota are told by notice', async () => {
  await institution.admin('PUT', '/admin/faults', {});
  const payout = aPayout({ amount: '20.00' });
  await institution.pay(payout);

  expect((await institution.admin('POST', '/admin/returns', { serialNumber: payout['serialNumber'], amount: '5.00' })).httpStatus).toBe(
    200,
  );
  expect((await institution.admin('POST', '/admin/returns', { serialNumber: payout['serialNumber'], amount: '15.01' })).httpStatus).toBe(
    409,
  );
  await institution.admin('POST', '/admin/quota', { mapped: '777.00', notify: true });

  await eventually(() => expect(door.heard.map(({ fields }) => fields['kind'])).toContain('QUOTA_CHANGED'));
  await eventually(() => expect(door.about(payout['serialNumber'])).toHaveLength(1));
  expect(door.about(payout['serialNumber'])).toMatchObject([
    { isSigned: true, fields: { kind: 'PAYOUT_RETURNED', status: 'RETURNED', amount: '5.00' } },
  ]);
  expect(door.heard.find(({ fields }) => fields['kind'] === 'QUOTA_CHANGED')?.fields).toMatchObject({
    serialNumber: null,
    status: null,
    amount: '777.00',
  });
  expect(await statusOf(payout['serialNumber'])).toBe('SUCCEEDED');
});
