import { randomBytes } from 'node:crypto';

import { businessDate, systemClock } from '@jinku/calendar';
import { createSigner } from '@jinku/security';

import type { PayoutInstruction } from '../payout-rail.ts';
import { houseVerifier, institutionSigner, ScriptedHouse, type Reply } from '../scripted-house.builder.ts';
import { PayoutFileBroken, type PayoutFileLine, type PayoutFileReading } from '../session-rail.ts';
import { UnionPayRail } from './unionpay-rail.ts';

const INSTRUCTION: PayoutInstruction = {
  serialNumber: 'JINKU001202611210000000001',
  amountMinor: 123_456n,
  payee: { accountNumber: '6222021234567890', accountName: '张三丰', bankCode: '102100099996' },
  purpose: '付给张三丰',
  businessLine: 'SETTLEMENT',
  merchantId: 'M10001',
  validUntil: new Date('2026-11-22T00:00:00Z'),
};
const LIMITS = { timeoutMs: 2_000 };
const DATE = businessDate('2026-11-21');
const PAID = { orderId: INSTRUCTION.serialNumber, respCode: '00', respMsg: 'ok', txnAmt: '123456', queryId: 'U1', settleDate: '20261121', completedAt: 1_795_233_600_000 };
const LINE = { orderId: 'S-1', txnAmt: '100', queryId: 'U1', txnTime: 1_795_250_400_012, txnType: 'PAY' };
const PAGE = { settleDate: '20261121', lineCount: 2, payAmt: '100', returnAmt: '40', lines: [LINE], next: 'p2' };
const RETURN_LINE = { ...LINE, txnAmt: '40', txnType: 'RETURN' };
const stranger = createSigner({ algorithm: 'HMAC-SM3', keyId: 'house-1', secret: randomBytes(32) });

const house = new ScriptedHouse(systemClock);
let rail: UnionPayRail;

beforeAll(async () => {
  const origin = await house.listen();
  rail = new UnionPayRail({ origin, institution: 'JINKU001', signer: institutionSigner, houseVerifiers: [houseVerifier], clock: systemClock, connections: 2 });
});

afterAll(async () => {
  await rail.close();
  await house.close();
});

beforeEach(() => {
  house.heard.length = 0;
});

function signed(body: object, more: { status?: number; signer?: typeof stranger } = {}): Reply {
  return (heard, response) => house.answer(response, { heard, body: JSON.stringify(body), ...more });
}

/** Answers with one page after the other, then with nothing of use. */
function pages(...bodies: object[]): Reply {
  const left = [...bodies];
  return (heard, response) => house.answer(response, { heard, body: JSON.stringify(left.shift() ?? {}) });
}

async function linesOf({ lines }: PayoutFileReading): Promise<PayoutFileLine[]> {
  const read: PayoutFileLine[] = [];
  for await (const line of lines ?? []) read.push(line);
  return read;
}

test('an order leaves in fen, signed, and its log names neither payee nor account', async () => {
  house.reply = signed(PAID);

  const answer = await rail.submitPayout(INSTRUCTION, LIMITS);

  expect(answer).toMatchObject({ outcome: 'SUCCEEDED', code: '00', railReference: 'U1', clearingDate: '2026-11-21', amountMinor: 123_456n, detail: 'ANSWERED' });
  expect(house.heard[0]).toMatchObject({ method: 'POST', path: '/unionpay/v1/merchant-settlements', isSigned: true });
  expect(JSON.parse(house.heard[0]?.body ?? '')).toEqual({
    orderId: INSTRUCTION.serialNumber,
    txnAmt: '123456',
    currencyCode: '156',
    accNo: '6222021234567890',
    accName: '张三丰',
    bankNo: '102100099996',
    postscript: '付给张三丰',
    bizType: 'SETTLEMENT',
    merId: 'M10001',
    validUntil: INSTRUCTION.validUntil.getTime(),
  });
  expect(answer.log.request + answer.log.answer).not.toMatch(/张三丰|6222021234567890/);
  expect(JSON.parse(answer.log.request)).toMatchObject({ accNo: '6222****7890' });
});

test.each([
  ['a stranger signs', signed(PAID, { signer: stranger }), 'BAD_SIGNATURE'],
  ['it is about another order', signed({ ...PAID, orderId: 'S-2' }), 'OTHER_SERIAL_NUMBER'],
  ['the house holds another amount', signed({ ...PAID, txnAmt: '123457' }), 'OTHER_AMOUNT'],
  ['its code is not in the table', signed({ ...PAID, respCode: '77' }), 'UNMAPPED'],
  ["it is NetsUnion's answer", signed({ serialNumber: PAID.orderId, status: 'SUCCEEDED', code: '0000' }), 'UNPARSABLE_BODY'],
  ['a good code comes with a server error', signed(PAID, { status: 500 }), 'UNMAPPED'],
] as [string, Reply, string][])('an answer decides nothing when %s', async (_, reply, detail) => {
  house.reply = reply;

  expect(await rail.submitPayout(INSTRUCTION, LIMITS)).toMatchObject({ outcome: 'UNKNOWN', detail });
});

test('an adjustment is told by its type', async () => {
  house.reply = signed({ orderId: 'Q-1', respCode: '03', txnAmt: '500', queryId: 'U2' });
  const instruction = { serialNumber: 'Q-1', amountMinor: 500n, validUntil: INSTRUCTION.validUntil };

  expect(await rail.adjustQuota({ ...instruction, direction: 'INCREASE' }, LIMITS)).toMatchObject({ outcome: 'ACCEPTED' });
  expect(JSON.parse(house.heard[0]?.body ?? '')).toMatchObject({ adjustType: '01', txnAmt: '500' });
  await rail.adjustQuota({ ...instruction, direction: 'DECREASE' }, LIMITS);
  expect(JSON.parse(house.heard[1]?.body ?? '')).toMatchObject({ adjustType: '02' });
});

test('a session of another date than was asked for, an unsigned one and a refusal decide nothing; only a signed 34 says that there is none', async () => {
  const session = { settleDate: '20261121', sessionStatus: 'CLOSED', payAmt: '100', payCount: 1, returnAmt: '0', receiptAmt: '0', netAmt: '-100', settledAt: null };
  const outcomeTo = async (reply: Reply): Promise<string> => {
    house.reply = reply;
    return (await rail.readSession(DATE)).outcome;
  };

  expect(await outcomeTo(signed(session))).toBe('SUCCEEDED');
  expect(house.heard[0]?.path).toBe('/unionpay/v1/sessions/20261121');
  expect(await outcomeTo(signed({ ...session, settleDate: '20261120' }))).toBe('UNKNOWN');
  expect(await outcomeTo(signed(session, { signer: stranger }))).toBe('UNKNOWN');
  expect(await outcomeTo(signed({ orderId: '', respCode: 'A0' }, { status: 401 }))).toBe('UNKNOWN');
  expect(await outcomeTo(signed({ orderId: '', respCode: '34' }))).toBe('NOT_FOUND');
});

test('a payout bill is read over its pages to its end', async () => {
  house.reply = pages(PAGE, { ...PAGE, lines: [RETURN_LINE], next: null });

  const lines = await linesOf(await rail.readPayoutFile(DATE));

  expect(lines.map(({ amountMinor, status }) => [amountMinor, status])).toEqual([[100n, 'SUCCEEDED'], [40n, 'RETURNED']]);
  expect(house.heard.map(({ path }) => path)).toEqual(['/unionpay/v1/sessions/20261121/payout-file', '/unionpay/v1/sessions/20261121/payout-file?after=p2']);
});

test.each([
  ['a page cannot be had', pages(PAGE), 'UNMAPPED'],
  ['a line is missing', pages(PAGE, { ...PAGE, lines: [], next: null }), 'TOTALS_DISAGREE'],
  ['a line comes twice', pages(PAGE, { ...PAGE, lines: [RETURN_LINE, RETURN_LINE], next: null }), 'TOTALS_DISAGREE'],
  ['a line has another amount', pages(PAGE, { ...PAGE, lines: [{ ...RETURN_LINE, txnAmt: '41' }], next: null }), 'TOTALS_DISAGREE'],
  ['pages repeat for ever', pages(PAGE, PAGE, PAGE, PAGE, PAGE), 'TOTALS_DISAGREE'],
] as [string, Reply, string][])('nothing of a payout bill counts when %s', async (_, reply, detail) => {
  house.reply = reply;
  const file = await rail.readPayoutFile(DATE);

  const broken = await linesOf(file).catch((error: unknown) => error);

  expect(broken).toBeInstanceOf(PayoutFileBroken);
  expect(broken).toMatchObject({ detail });
});
