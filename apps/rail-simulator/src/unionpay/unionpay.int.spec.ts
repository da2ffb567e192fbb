import { randomUUID } from 'node:crypto';

import { eventually } from '@jinku/testing';

import { anOrder, aPayout, aTestHouse, TestInstitution, TestNoticeDoor, type TestHouse } from '../simulator.builder.ts';
import { startSimulator, type RunningSimulator } from '../simulator.ts';

const OUTAGE_BANK = '105100000017';

let house: TestHouse;
let door: TestNoticeDoor;
let simulator: RunningSimulator;
let netsUnion: TestInstitution;
let unionPay: TestInstitution;

beforeAll(async () => {
  house = await aTestHouse();
  door = new TestNoticeDoor(house.unionPaySecret);
  simulator = await startSimulator(house.config({ unionPayNoticeUrl: await door.listen() }), () => undefined);
  netsUnion = new TestInstitution(simulator.url, house.secret);
  unionPay = new TestInstitution(simulator.url, house.unionPaySecret);
});

afterAll(async () => {
  await netsUnion.close();
  await unionPay.close();
  await simulator.stop();
  await door.close();
  await house.drop();
});

afterEach(() => unionPay.admin('PUT', '/admin/faults?house=UNIONPAY', {}));

async function quotaOf(name: string): Promise<Record<string, unknown>> {
  return (await unionPay.admin('GET', `/admin/quota?house=${name}`)).fields;
}

test('a request that the other house could read is refused: neither its signature nor its key is of this one', async () => {
  expect(await netsUnion.order(anOrder())).toMatchObject({ httpStatus: 401, fields: { respCode: 'A0', respMsg: 'SIGNATURE_WRONG' } });
  expect(await unionPay.pay(aPayout())).toMatchObject({ httpStatus: 401, fields: { code: '0502' } });
  expect((await house.database.query('SELECT 1 FROM rails.payout_instruction')).rowCount).toBe(0);
});

test('an order is executed in fen, and its inquiry says the same', async () => {
  const order = anOrder({ txnAmt: '123456' });

  const told = await unionPay.order(order);

  expect(told).toMatchObject({ httpStatus: 200, isSigned: true, fields: { orderId: order['orderId'], respCode: '00', txnAmt: '123456' } });
  expect(told.fields['queryId']).toMatch(/^U[0-9A-F]{24}$/);
  expect(told.fields['settleDate']).toMatch(/^\d{8}$/);
  expect((await unionPay.get(`/unionpay/v1/merchant-settlements/${String(order['orderId'])}`)).fields).toEqual(told.fields);
  const { rows } = await house.database.query('SELECT clearing_house, amount_minor, business_line FROM rails.executed_payout WHERE serial_number = $1', [order['orderId']]);
  expect(rows).toEqual([{ clearing_house: 'UNIONPAY', amount_minor: '123456', business_line: 'SETTLEMENT' }]);
});

test("a number is unique at each house, and one house knows nothing of the other's", async () => {
  const serialNumber = randomUUID();
  await netsUnion.pay(aPayout({ serialNumber }));

  expect((await unionPay.get(`/unionpay/v1/merchant-settlements/${serialNumber}`)).fields).toMatchObject({ respCode: '34' });
  expect((await unionPay.order(anOrder({ orderId: serialNumber }))).fields).toMatchObject({ respCode: '00' });
  expect((await unionPay.order(anOrder({ orderId: serialNumber }))).fields).toMatchObject({ respCode: '12' });
  expect((await house.database.query('SELECT 1 FROM rails.executed_payout WHERE serial_number = $1', [serialNumber])).rowCount).toBe(2);
});

test('fifty orders that race for the quota of ten take exactly that, and none of the other house', async () => {
  const before = await quotaOf('NETSUNION');
  await unionPay.admin('POST', '/admin/quota?house=UNIONPAY', { mapped: '105.00' });

  const told = await Promise.all(Array.from({ length: 50 }, () => unionPay.order(anOrder({ txnAmt: '1000' }))));

  expect(told.filter(({ fields }) => fields['respCode'] === '00')).toHaveLength(10);
  expect(told.filter(({ fields }) => fields['respCode'] === '61')).toHaveLength(40);
  expect((await unionPay.get('/unionpay/v1/quota')).fields).toMatchObject({ mappedQuota: '10500', availableQuota: '500' });
  expect(await quotaOf('NETSUNION')).toEqual(before);
  await unionPay.admin('POST', '/admin/quota?house=UNIONPAY', { mapped: '1000000.00' });
});

test('an increase is told by notice in UnionPay\'s words, a decrease is answered at once', async () => {
  const { mappedQuota } = await quotaOf('UNIONPAY');
  const adjustment = { orderId: randomUUID(), adjustType: '01', txnAmt: '500', currencyCode: '156', validUntil: Date.now() + 60_000 };
  const path = '/unionpay/v1/quota-adjustments';
  const increase = await unionPay.send({ method: 'POST', path, body: JSON.stringify(adjustment) });
  const decrease = await unionPay.send({ method: 'POST', path, body: JSON.stringify({ ...adjustment, orderId: randomUUID(), adjustType: '02' }) });

  expect([increase.fields['respCode'], decrease.fields['respCode']]).toEqual(['03', '00']);
  await eventually(() => expect(door.heard).toContainEqual({ isSigned: true, fields: expect.objectContaining({ notifyType: 'QUOTA_ADJUSTED', orderId: adjustment.orderId, respCode: '00', txnAmt: '500' }) as object }));
  expect((await unionPay.get(`${path}/${adjustment.orderId}`)).fields).toMatchObject({ respCode: '00', txnAmt: '500' });
  expect((await quotaOf('UNIONPAY'))['mappedQuota']).toBe(mappedQuota);
});

test("the bank's outage leaves orders to it without an answer, at this house alone, and they are found by inquiry", async () => {
  await unionPay.admin('PUT', '/admin/faults?house=UNIONPAY', { script: [{ bankCode: OUTAGE_BANK, fault: 'TIMEOUT_AFTER_EXECUTION' }] });
  const silent = anOrder({ bankNo: OUTAGE_BANK });
  const unanswered = unionPay.send({ method: 'POST', path: '/unionpay/v1/merchant-settlements', body: JSON.stringify(silent), timeoutMs: 400 }).then(
    () => 'ANSWERED',
    () => 'SILENT',
  );

  expect((await unionPay.order(anOrder())).fields).toMatchObject({ respCode: '00' });
  expect((await netsUnion.pay(aPayout({ bankCode: OUTAGE_BANK }))).fields).toMatchObject({ status: 'SUCCEEDED' });
  expect(await unanswered).toBe('SILENT');
  expect((await unionPay.get(`/unionpay/v1/merchant-settlements/${String(silent['orderId'])}`)).fields).toMatchObject({ respCode: '00' });
});

test('a late result, a forged one and a return are told as UnionPay tells them', async () => {
  await unionPay.admin('PUT', '/admin/faults?house=UNIONPAY', { script: [{ payeeAccount: '6222000099', fault: 'FORGED_NOTICE', delayMs: 100 }] });
  const order = anOrder({ accNo: '6222000099' });

  expect((await unionPay.order(order)).fields).toMatchObject({ respCode: '03' });
  const about = (): unknown[] => door.heard.filter(({ fields }) => fields['orderId'] === order['orderId']).map(({ isSigned, fields }) => [isSigned, fields['notifyType'], fields['respCode']]);
  await eventually(() => expect(about()).toEqual([[false, 'SETTLEMENT_RESULT', '14'], [true, 'SETTLEMENT_RESULT', '00']]));
  expect(await unionPay.admin('POST', '/admin/returns', { serialNumber: order['orderId'], amount: '2.00' })).toMatchObject({ httpStatus: 409 });
  expect(await unionPay.admin('POST', '/admin/returns?house=UNIONPAY', { serialNumber: order['orderId'], amount: '2.00' })).toMatchObject({ httpStatus: 200 });
  await eventually(() => expect(door.heard).toContainEqual({ isSigned: true, fields: expect.objectContaining({ notifyType: 'SETTLEMENT_RETURNED', orderId: order['orderId'], respCode: '00', txnAmt: '200' }) as object }));
});

test.each([
  ['POST', '/unionpay/v1/merchant-settlements', '{"orderId":"S-1","txnAmt":"1.00"}', 400, '30'],
  ['GET', '/unionpay/v1/sessions/2026-11-21', '', 404, '40'],
  ['GET', '/unionpay/v1/sessions/20991231', '', 200, '34'],
  ['GET', '/unionpay/v1/payouts/S-1', '', 404, '40'],
] as const)('%s %s is refused by its code', async (method, path, body, httpStatus, respCode) => {
  expect(await unionPay.send({ method, path, body })).toMatchObject({ httpStatus, isSigned: true, fields: { respCode } });
});

test("receipts raise the quota of their house at once, and the institution's other systems see their totals", async () => {
  const before = (await unionPay.get('/unionpay/v1/quota')).fields;
  const collect = (amount: string, more: object = {}): Promise<{ httpStatus: number }> =>
    unionPay.admin('POST', '/admin/collections?house=UNIONPAY', { channel: 'QUICK_PAY', count: 2, amount, ...more });

  expect((await Promise.all([collect('10.00'), collect('0.05')])).map(({ httpStatus }) => httpStatus)).toEqual([200, 200]);
  expect(await collect('1.00', { clearingDate: '2020-01-01' })).toMatchObject({ httpStatus: 409, fields: { error: 'SESSION_NOT_OPEN' } });
  expect(await collect('-1.00')).toMatchObject({ httpStatus: 400 });
  expect(await collect('1.00', { channel: 'quick pay' })).toMatchObject({ httpStatus: 400 });
  const after = (await unionPay.get('/unionpay/v1/quota')).fields;
  expect([after['mappedQuota'], BigInt(String(after['availableQuota'])) - BigInt(String(before['availableQuota']))]).toEqual([before['mappedQuota'], 1_005n]);
  expect((await unionPay.admin('GET', '/admin/collections')).fields['items']).toMatchObject([
    { clearingHouse: 'UNIONPAY', channel: 'QUICK_PAY', count: 4, amount: '10.05', isFinal: false },
  ]);
});

test('each house has its own counters, and a house that is not played is refused by its name', async () => {
  const of = async (name: string): Promise<unknown> => (await unionPay.admin('GET', `/admin/counters?house=${name}`)).fields['executed'];

  expect(await of('UNIONPAY')).not.toEqual(await of('NETSUNION'));
  expect((await unionPay.admin('GET', '/admin/counters?house=ALIPAY')).httpStatus).toBe(400);
});
