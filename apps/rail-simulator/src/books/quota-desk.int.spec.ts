import { randomUUID } from 'node:crypto';

import { eventually } from '@jinku/testing';

import { aPayout, aTestHouse, TestInstitution, TestNoticeDoor, type TestHouse, type Told } from '../simulator.builder.ts';
import { startSimulator, type RunningSimulator } from '../simulator.ts';

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

beforeEach(async () => {
  await institution.admin('PUT', '/admin/faults', {});
  await institution.admin('POST', '/admin/quota', { mapped: '1000.00' });
});

async function open(): Promise<void> {
  simulator = await startSimulator(house.config({ noticeUrl }), () => undefined);
  institution = new TestInstitution(simulator.url, house.secret);
}

function adjust(direction: string, amount: string, changes: Record<string, unknown> = {}): Promise<Told> {
  const body = { serialNumber: randomUUID(), direction, amount, currency: 'CNY', validUntil: Date.now() + 60_000, ...changes };
  return institution.send({ method: 'POST', path: '/netsunion/v1/quota-adjustments', body: JSON.stringify(body), timeoutMs: 2_000 });
}

async function inquire(serialNumber: unknown): Promise<Record<string, unknown>> {
  return (await institution.send({ method: 'GET', path: `/netsunion/v1/quota-adjustments/${String(serialNumber)}`, body: '' })).fields;
}

async function mapped(): Promise<unknown> {
  return (await institution.admin('GET', '/admin/quota')).fields['mappedQuota'];
}

async function play(fault: string, operation: string, delayMs = 100): Promise<void> {
  await institution.admin('PUT', '/admin/faults', { script: [{ operation, fault, delayMs }] });
}

test('an increase is accepted, mapped later, and told by a notice', async () => {
  const { fields } = await adjust('INCREASE', '500.00');

  expect(fields).toMatchObject({ status: 'ACCEPTED', code: '0000', amount: '500.00' });
  expect(await mapped()).toBe('1000.00');
  expect(await inquire(fields['serialNumber'])).toMatchObject({ status: 'PROCESSING' });
  await eventually(() => expect(door.about(fields['serialNumber'])).toMatchObject([{ isSigned: true, fields: { kind: 'QUOTA_ADJUSTED', status: 'SUCCEEDED', amount: '500.00' } }]));
  expect(await mapped()).toBe('1500.00');
  expect(await inquire(fields['serialNumber'])).toMatchObject({ status: 'SUCCEEDED', code: '0000' });
});

test('a decrease is carried out at once, and refused below what payouts have consumed', async () => {
  await institution.pay(aPayout({ amount: '400.00' }));

  expect((await adjust('DECREASE', '600.01')).fields).toMatchObject({ status: 'REJECTED', code: '0301' });
  expect((await adjust('DECREASE', '600.00')).fields).toMatchObject({ status: 'SUCCEEDED', code: '0000' });
  expect(await mapped()).toBe('400.00');
});

test('decreases and payouts that race never overdraw the quota', async () => {
  const told = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? adjust('DECREASE', '100.00') : institution.pay(aPayout({ amount: '100.00' })))));

  expect(told.filter(({ fields }) => fields['status'] === 'SUCCEEDED')).toHaveLength(10);
  expect((await institution.admin('GET', '/admin/quota')).fields['availableQuota']).toBe('0.00');
});

test('a number is taken once, whatever it is repeated with', async () => {
  const { fields } = await adjust('DECREASE', '100.00');

  expect((await adjust('DECREASE', '100.00', { serialNumber: fields['serialNumber'] })).fields).toMatchObject({ status: 'REJECTED', code: '0201' });
  expect((await adjust('INCREASE', '7.00', { serialNumber: fields['serialNumber'] })).fields).toMatchObject({ status: 'REJECTED', code: '0201' });
  expect(await mapped()).toBe('900.00');
});

test.each([{ direction: 'SHIFT' }, { amount: '0.00' }, { currency: 'USD' }, { validUntil: 'soon' }, { payee: {} }])('%j is malformed', async (change) => {
  expect((await adjust('DECREASE', '100.00', change)).fields).toMatchObject({ status: 'REJECTED', code: '0501' });
});

test('after its validity a number is refused and stays unknown to inquiries', async () => {
  const { fields } = await adjust('DECREASE', '100.00', { validUntil: Date.now() - 1 });

  expect(fields).toMatchObject({ status: 'REJECTED', code: '0302' });
  expect(await inquire(fields['serialNumber'])).toMatchObject({ status: 'NOT_FOUND', code: '0602' });
});

test('a lost answer of a decrease is found by inquiry', async () => {
  await play('RESET_AFTER_EXECUTION', 'QUOTA_DECREASE');
  const serialNumber = randomUUID();

  await expect(adjust('DECREASE', '100.00', { serialNumber })).rejects.toThrow();

  expect(await inquire(serialNumber)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await mapped()).toBe('900.00');
});

test('a lost request changes nothing and its number is free', async () => {
  await play('RESET_BEFORE_EXECUTION', 'QUOTA_DECREASE');
  const serialNumber = randomUUID();

  await expect(adjust('DECREASE', '100.00', { serialNumber })).rejects.toThrow();

  expect(await inquire(serialNumber)).toMatchObject({ status: 'NOT_FOUND' });
  expect(await mapped()).toBe('1000.00');
});

test('an increase that the house does not carry out fails by notice', async () => {
  await play('BUSINESS_FAILURE', 'QUOTA_INCREASE');
  const { fields } = await adjust('INCREASE', '500.00');

  await eventually(() => expect(door.about(fields['serialNumber'])).toMatchObject([{ fields: { status: 'FAILED', code: '0104' } }]));
  expect(await mapped()).toBe('1000.00');
});

test('a lost notice leaves inquiry; a duplicate comes twice; a forged one comes before the true one', async () => {
  await play('LOST_NOTICE', 'QUOTA_INCREASE');
  const lost = (await adjust('INCREASE', '1.00')).fields['serialNumber'];
  await eventually(async () => expect(await inquire(lost)).toMatchObject({ status: 'SUCCEEDED' }));
  await play('DUPLICATE_NOTICE', 'QUOTA_INCREASE');
  const doubled = (await adjust('INCREASE', '2.00')).fields['serialNumber'];
  await eventually(() => expect(door.about(doubled)).toHaveLength(2));
  await play('FORGED_NOTICE', 'QUOTA_INCREASE');
  const forged = (await adjust('INCREASE', '3.00')).fields['serialNumber'];
  await eventually(() => expect(door.about(forged)).toMatchObject([{ isSigned: false, fields: { status: 'FAILED' } }, { isSigned: true, fields: { status: 'SUCCEEDED' } }]));

  expect(door.about(lost)).toEqual([]);
  expect(await mapped()).toBe('1006.00');
});

test('an increase that was accepted before a restart is carried out after it', async () => {
  await play('LATE_NOTICE', 'QUOTA_INCREASE', 700);
  const { serialNumber } = (await adjust('INCREASE', '500.00')).fields;

  await institution.close();
  await simulator.stop();
  await open();

  await eventually(async () => expect(await inquire(serialNumber)).toMatchObject({ status: 'SUCCEEDED' }));
  expect(await mapped()).toBe('1500.00');
});

test('a fault that an adjustment cannot have is refused in the plan', async () => {
  expect((await institution.admin('PUT', '/admin/faults', { script: [{ operation: 'QUOTA_DECREASE', fault: 'LATE_NOTICE' }] })).httpStatus).toBe(400);
  expect((await institution.admin('PUT', '/admin/faults', { script: [{ operation: 'QUOTA_INCREASE', fault: 'LATE_EXECUTION' }] })).httpStatus).toBe(400);
});
