import { hash, randomBytes } from 'node:crypto';

import { businessDate, systemClock } from '@jinku/calendar';
import { createSigner } from '@jinku/security';

import { houseSigner, houseVerifier, institutionSigner, ScriptedHouse } from '../scripted-house.builder.ts';
import type { TransferInstruction } from '../transfer-rail.ts';
import { BankRail } from './bank-rail.ts';

const INSTRUCTION: TransferInstruction = {
  serialNumber: 'JINKU001202611212000000001',
  fromAccount: '6214830100000001',
  amountMinor: 123_456n,
  payee: { accountNumber: '1000000000000001', accountName: '金库支付有限公司备付金', bankCode: '001100000008' },
  purpose: '上划 1000000000000001',
  reference: 'T-1',
  validUntil: new Date('2026-11-22T00:00:00Z'),
};
const LIMITS = { timeoutMs: 500 };
const ANSWER = { serialNumber: INSTRUCTION.serialNumber, status: 'ACCEPTED', code: '0000', message: 'ok', amount: '1234.56', bankReference: 'AT1' };
const ACCOUNT = INSTRUCTION.fromAccount;
const DATE = businessDate('2026-11-20');
const stranger = createSigner({ algorithm: 'HMAC-SM3', keyId: houseSigner.keyId, secret: randomBytes(32) });

const bank = new ScriptedHouse(systemClock);
let rail: BankRail;

beforeAll(async () => {
  rail = new BankRail({
    connectorType: 'BANK_ALPHA',
    basePath: '/banks/alpha/v1',
    origin: await bank.listen(),
    institution: 'JINKU001',
    signer: institutionSigner,
    houseVerifiers: [houseVerifier],
    clock: systemClock,
    connections: 2,
  });
});

afterAll(async () => {
  await rail.close();
  await bank.close();
});

beforeEach(() => {
  bank.heard.length = 0;
});

function answers(content: unknown, given: { status?: number } = {}): void {
  bank.reply = (heard, response) => bank.answer(response, { heard, body: JSON.stringify(content), ...given });
}

test('a transfer is sent signed and whole, and logged without account numbers and names', async () => {
  answers(ANSWER);

  const answer = await rail.submitTransfer(INSTRUCTION, LIMITS);

  expect(answer).toMatchObject({ outcome: 'ACCEPTED', code: '0000', railReference: 'AT1', amountMinor: 123_456n, detail: 'ANSWERED' });
  expect(bank.heard).toMatchObject([{ method: 'POST', path: '/banks/alpha/v1/transfers', isSigned: true }]);
  const { amountMinor, validUntil, ...rest } = INSTRUCTION;
  expect(JSON.parse(bank.heard[0]?.body ?? '')).toEqual({ ...rest, amount: '1234.56', currency: 'CNY', validUntil: validUntil.getTime() });
  expect(amountMinor).toBe(123_456n);
  for (const secret of ['6214830100000001', '1000000000000001', '金库支付']) expect(JSON.stringify(answer.log)).not.toContain(secret);
});

test.each([
  [{ status: 'REJECTED', code: '0201' }, {}, 'REJECTED_DUPLICATE'],
  [{ status: 'REJECTED', code: '0301' }, {}, 'REJECTED_FUNDS'],
  [{ status: 'REJECTED', code: '0302' }, {}, 'REJECTED_WINDOW'],
  [{ status: 'REJECTED', code: '0401' }, {}, 'REJECTED_RISK'],
  [{ status: 'REJECTED', code: '0501' }, { status: 400 }, 'REJECTED_FORMAT'],
  [{ status: 'REJECTED', code: '0502' }, { status: 401 }, 'REJECTED_SIGNATURE'],
  [{ status: 'REJECTED', code: '0603' }, { status: 404 }, 'UNKNOWN'],
  [{ status: 'REJECTED', code: '0777' }, {}, 'UNKNOWN'],
  [{ status: 'ACCEPTED', code: '0301' }, {}, 'UNKNOWN'],
  [{ status: 'SUCCEEDED' }, {}, 'UNKNOWN'],
  [{ status: 'FAILED', code: '0101' }, {}, 'UNKNOWN'],
  [{ status: 'UNKNOWN', code: '9999' }, {}, 'UNKNOWN'],
  [{ serialNumber: 'ANOTHER' }, {}, 'UNKNOWN'],
  [{ amount: '1234.57' }, {}, 'UNKNOWN'],
  [{ amount: 1234.56 }, {}, 'UNKNOWN'],
  [{}, { status: 500 }, 'UNKNOWN'],
] as const)('the answer %j with %j to a transfer is %s', async (change, given, outcome) => {
  answers({ ...ANSWER, ...change }, given);

  expect((await rail.submitTransfer(INSTRUCTION, LIMITS)).outcome).toBe(outcome);
});

test.each([
  [{ status: 'PROCESSING' }, 'ACCEPTED'],
  [{ status: 'SUCCEEDED' }, 'SUCCEEDED'],
  [{ status: 'RETURNED' }, 'RETURNED'],
  [{ status: 'FAILED', code: '0103' }, 'FAILED'],
  [{ status: 'FAILED', code: '0301' }, 'UNKNOWN'],
  [{ status: 'NOT_FOUND', code: '0602', amount: undefined }, 'NOT_FOUND'],
  [{ status: 'NOT_FOUND', code: '0000' }, 'UNKNOWN'],
  [{ status: 'REJECTED', code: '0301' }, 'UNKNOWN'],
  [{ status: 'REJECTED', code: '0501' }, 'UNKNOWN'],
] as const)('the answer %j to an inquiry is %s', async (change, outcome) => {
  answers({ ...ANSWER, ...change });

  expect((await rail.inquireTransfer(INSTRUCTION.serialNumber)).outcome).toBe(outcome);
  expect(bank.heard[0]?.path).toBe(`/banks/alpha/v1/transfers/${INSTRUCTION.serialNumber}`);
});

test('what a stranger signed, no answer, and a page instead of one decide nothing', async () => {
  bank.reply = (heard, response) => bank.answer(response, { heard, body: JSON.stringify(ANSWER), signer: stranger });
  expect(await rail.submitTransfer(INSTRUCTION, LIMITS)).toMatchObject({ outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE', code: null });

  bank.reply = () => undefined;
  expect(await rail.submitTransfer(INSTRUCTION, { timeoutMs: 50 })).toMatchObject({ outcome: 'UNKNOWN', detail: 'TIMEOUT' });

  bank.reply = (heard, response) => bank.answer(response, { heard, body: '<html>' });
  expect(await rail.submitTransfer(INSTRUCTION, LIMITS)).toMatchObject({ outcome: 'UNKNOWN', detail: 'UNPARSABLE_BODY' });
  expect(bank.heard).toHaveLength(3);
});

test('a balance is of the account that was asked for, in yuan, or it is none', async () => {
  const balance = { accountNumber: ACCOUNT, balance: '-12.00', currency: 'CNY', asOf: 1_795_250_400_000 };
  answers(balance);
  expect(await rail.readBalance(ACCOUNT)).toEqual({
    outcome: 'SUCCEEDED',
    balanceMinor: -1_200n,
    asOf: new Date(1_795_250_400_000),
    detail: 'ANSWERED',
  });

  for (const change of [{ accountNumber: '6214830100000002' }, { currency: 'USD' }, { balance: '12' }, { balance: 12 }, { asOf: 'noon' }]) {
    answers({ ...balance, ...change });
    expect(await rail.readBalance(ACCOUNT)).toMatchObject({ outcome: 'UNKNOWN', balanceMinor: null, detail: 'UNMAPPED' });
  }
  answers(balance, { status: 500 });
  expect(await rail.readBalance(ACCOUNT)).toMatchObject({ outcome: 'UNKNOWN', balanceMinor: null });
});

const FILE = randomBytes(100_000);

function givesFile(changes: Record<string, unknown> = {}, fromOffset = 0): void {
  bank.reply = (heard, response) => {
    const offset = Number(new URL(heard.path, 'http://bank').searchParams.get('offset'));
    const content = FILE.subarray(offset, offset + 45_000).toString('base64');
    const whole = { accountNumber: ACCOUNT, date: DATE, fileName: 'mingxi.csv', size: FILE.length, sha256: hash('sha256', FILE, 'hex') };
    const changed = offset >= fromOffset ? changes : {};
    bank.answer(response, { heard, body: JSON.stringify({ ...whole, offset, content, ...changed }) });
  };
}

test('a statement is fetched part by part, byte for byte', async () => {
  givesFile();

  const { outcome, fileName, bytes } = await rail.fetchStatement(ACCOUNT, DATE);

  expect([outcome, fileName, bytes?.equals(FILE)]).toEqual(['SUCCEEDED', 'mingxi.csv', true]);
  expect(bank.heard.map(({ path }) => path)).toEqual([0, 45_000, 90_000].map((at) => `/banks/alpha/v1/accounts/${ACCOUNT}/statements/${DATE}?offset=${at}`));
});

test.each([
  ['of another account', { accountNumber: '6214830100000002' }, 0],
  ['of another date', { date: '2026-11-19' }, 0],
  ['from another place', { offset: 7 }, 0],
  ['with other bytes', { content: randomBytes(10_000).toString('base64') }, 90_000],
  ['that go beyond its size', { content: randomBytes(10_001).toString('base64') }, 90_000],
  ['without bytes', { content: '' }, 45_000],
  ['in a base64 that is none', { content: '####' }, 45_000],
  ['that name another file', { sha256: 'f'.repeat(64) }, 45_000],
  ['that name another size', { size: 100_001 }, 45_000],
  ['larger than any', { size: 9_000_000 }, 0],
  ['with a path for a name', { fileName: '../x' }, 0],
] as const)('a statement in parts %s is none', async (_, changes, fromOffset) => {
  givesFile(changes, fromOffset);

  expect(await rail.fetchStatement(ACCOUNT, DATE)).toMatchObject({ outcome: 'UNKNOWN', bytes: null, fileName: null });
});

test('a bank that has no statement yet says so, and only a signed answer counts as saying so', async () => {
  const notFound = { serialNumber: '', status: 'NOT_FOUND', code: '0602', message: 'not yet' };
  answers(notFound);
  expect(await rail.fetchStatement(ACCOUNT, DATE)).toEqual({ outcome: 'NOT_FOUND', fileName: null, bytes: null, detail: 'ANSWERED' });

  bank.reply = (heard, response) => bank.answer(response, { heard, body: JSON.stringify(notFound), signer: stranger });
  expect(await rail.fetchStatement(ACCOUNT, DATE)).toMatchObject({ outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE' });
});
