import { createServer, type AddressInfo } from 'node:net';

import { systemClock } from '@jinku/calendar';
import { createSigner } from '@jinku/security';
import { randomBytes } from 'node:crypto';

import type { PayoutInstruction } from '../payout-rail.ts';
import { houseSigner, houseVerifier, institutionSigner, ScriptedHouse, type Reply } from '../scripted-house.builder.ts';
import { NetsUnionRail, type NetsUnionOptions } from './netsunion-rail.ts';

const INSTRUCTION: PayoutInstruction = {
  serialNumber: 'JINKU001202611210000000001',
  amountMinor: 123_456n,
  payee: { accountNumber: '6222021234567890', accountName: '张三丰', bankCode: '102100099996' },
  purpose: '货款',
  businessLine: 'SETTLEMENT',
  merchantId: 'M10001',
  validUntil: new Date('2026-11-22T00:00:00Z'),
};
const LIMITS = { timeoutMs: 2_000 };
const SUCCESS = {
  serialNumber: INSTRUCTION.serialNumber,
  status: 'SUCCEEDED',
  code: '0000',
  message: 'ok',
  railReference: 'NU202611210000000001',
  clearingDate: '2026-11-21',
  completedAt: 1_795_233_600_000,
};
const stranger = createSigner({ algorithm: 'HMAC-SM3', keyId: 'house-1', secret: randomBytes(32) });

const house = new ScriptedHouse(systemClock);
let rail: NetsUnionRail;
let origin: string;

beforeAll(async () => {
  origin = await house.listen();
  rail = railAt(origin);
});

afterAll(async () => {
  await rail.close();
  await house.close();
});

beforeEach(() => {
  house.heard.length = 0;
});

function optionsAt(address: string, connections = 4): NetsUnionOptions {
  return {
    origin: address,
    institution: 'JINKU001',
    signer: institutionSigner,
    houseVerifiers: [houseVerifier],
    clock: systemClock,
    connections,
  };
}

function railAt(address: string, connections?: number): NetsUnionRail {
  return new NetsUnionRail(optionsAt(address, connections));
}

function signed(
  body: object | string,
  more: { status?: number; signer?: typeof stranger; requestNonce?: string; timestampMs?: number } = {},
): Reply {
  return (heard, response) => house.answer(response, { heard, body: typeof body === 'string' ? body : JSON.stringify(body), ...more });
}

test('a signed success is a success, with what the house says about it', async () => {
  house.reply = signed(SUCCESS);

  const answer = await rail.submitPayout(INSTRUCTION, LIMITS);

  expect(answer).toMatchObject({
    outcome: 'SUCCEEDED',
    code: '0000',
    railReference: SUCCESS.railReference,
    clearingDate: '2026-11-21',
    detail: 'ANSWERED',
  });
  expect(answer.requestDigest).toMatch(/^[0-9a-f]{64}$/);
  expect(answer.answerDigest).toMatch(/^[0-9a-f]{64}$/);
  expect(house.heard).toHaveLength(1);
  expect(house.heard[0]).toMatchObject({ method: 'POST', path: '/netsunion/v1/payouts', isSigned: true });
  expect(JSON.parse(house.heard[0]?.body ?? '')).toMatchObject({ amount: '1234.56', currency: 'CNY', payee: { accountName: '张三丰' } });
});

test('what is kept of an exchange names neither the payee nor the account', async () => {
  house.reply = signed(SUCCESS);

  const { log } = await rail.submitPayout({ ...INSTRUCTION, purpose: '付给张三丰' }, LIMITS);

  expect(log.request + log.answer).not.toMatch(/张三丰|6222021234567890/);
  expect(log.request).toContain('6222****7890');
});

const never: Reply = () => undefined;
const unknowns: [string, Reply, string][] = [
  ['no answer in time', never, 'TIMEOUT'],
  ['a reset before the answer', (_, __, socket) => socket.resetAndDestroy(), 'CONNECTION_LOST'],
  [
    'a connection closed in the middle of the answer',
    (_, response, socket) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"serialNumber":');
      setTimeout(() => socket.destroy(), 20);
    },
    'CONNECTION_LOST',
  ],
  ['something that is not HTTP', (_, __, socket) => void socket.end('SSH-2.0-x\r\n\r\n'), 'CONNECTION_LOST'],
  ['an empty body', signed(''), 'EMPTY_BODY'],
  [
    'an HTML page with status 200',
    (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>maintenance</html>'),
    'BAD_SIGNATURE',
  ],
  ['a signed body that is not JSON', signed('<html>'), 'UNPARSABLE_BODY'],
  ['a signed array', signed('[]'), 'UNPARSABLE_BODY'],
  ['a signed answer without a code', signed({ ...SUCCESS, code: undefined }), 'UNPARSABLE_BODY'],
  ['a clearing date that does not exist', signed({ ...SUCCESS, clearingDate: '2026-02-30' }), 'UNPARSABLE_BODY'],
  ['an answer without a signature', (_, response) => void response.writeHead(200).end(JSON.stringify(SUCCESS)), 'BAD_SIGNATURE'],
  ['an answer signed with another key', signed(SUCCESS, { signer: stranger }), 'BAD_SIGNATURE'],
  ['an answer to another request', signed(SUCCESS, { requestNonce: 'another' }), 'BAD_SIGNATURE'],
  ['an answer signed an hour ago', signed(SUCCESS, { timestampMs: systemClock.wallNow() - 3_600_000 }), 'BAD_SIGNATURE'],
  [
    'an answer with the status line changed on the way',
    (heard, response) => {
      const { nonce } = heard;
      const at = systemClock.wallNow();
      const body = JSON.stringify(SUCCESS);
      response.writeHead(200, {
        'x-signature-algorithm': houseSigner.algorithm,
        'x-key-id': houseSigner.keyId,
        'x-timestamp': String(at),
        'x-nonce': 'n',
        'x-signature': houseSigner.sign(`400\n${at}\nn\n${nonce}\n${body}`),
      });
      response.end(body);
    },
    'BAD_SIGNATURE',
  ],
  ['a success about another number', signed({ ...SUCCESS, serialNumber: 'JINKU001202611210000000002' }), 'OTHER_SERIAL_NUMBER'],
  ['a success over another amount', signed({ ...SUCCESS, amount: '1234.57' }), 'OTHER_AMOUNT'],
  ['a code that is not in the table', signed({ ...SUCCESS, status: 'FAILED', code: '0199' }), 'UNMAPPED'],
  ['a success with a failure code', signed({ ...SUCCESS, code: '0101' }), 'UNMAPPED'],
  ['a failure with the success code', signed({ ...SUCCESS, status: 'FAILED' }), 'UNMAPPED'],
  ['a system-busy code', signed({ ...SUCCESS, status: 'UNKNOWN', code: '9999' }), 'UNMAPPED'],
  ['a signed definite failure under HTTP 500', signed({ ...SUCCESS, status: 'FAILED', code: '0101' }, { status: 500 }), 'UNMAPPED'],
  ['an HTTP 502 from something in between', (_, response) => void response.writeHead(502).end('Bad Gateway'), 'BAD_SIGNATURE'],
  ['an answer of ten megabytes', (_, response) => void response.writeHead(200).end(Buffer.alloc(10_000_000, 'x')), 'BODY_TOO_LARGE'],
];

test.each(unknowns)('%s is UNKNOWN, sent once, and nothing is thrown', async (_, reply, detail) => {
  house.reply = reply;

  const answer = await rail.submitPayout(INSTRUCTION, { timeoutMs: 300 });

  expect(answer).toMatchObject({ outcome: 'UNKNOWN', detail });
  expect(house.heard).toHaveLength(1);
});

test.each([
  ['FAILED', '0101', 'FAILED'],
  ['FAILED', '0102', 'FAILED'],
  ['REJECTED', '0201', 'REJECTED_DUPLICATE'],
  ['REJECTED', '0301', 'REJECTED_FUNDS'],
  ['REJECTED', '0302', 'REJECTED_WINDOW'],
  ['REJECTED', '0401', 'REJECTED_RISK'],
  ['REJECTED', '0501', 'REJECTED_FORMAT'],
  ['REJECTED', '0502', 'REJECTED_SIGNATURE'],
  ['ACCEPTED', '0000', 'ACCEPTED'],
])('status %s with code %s is %s', async (status, code, outcome) => {
  house.reply = signed({ ...SUCCESS, status, code });

  expect(await rail.submitPayout(INSTRUCTION, LIMITS)).toMatchObject({ outcome, code, detail: 'ANSWERED' });
});

test.each([
  [401, { code: '0502', message: 'signature' }, { outcome: 'REJECTED_SIGNATURE', code: '0502' }],
  [400, { code: '0501', message: 'format' }, { outcome: 'REJECTED_FORMAT' }],
  [401, { ...SUCCESS }, { outcome: 'UNKNOWN', detail: 'UNMAPPED' }],
  [404, { code: '0000', message: 'no such page' }, { outcome: 'UNKNOWN' }],
  [503, { code: '0301', message: 'busy' }, { outcome: 'UNKNOWN' }],
])('HTTP %i with %j is %j', async (status, body, expected) => {
  house.reply = signed(body, { status });

  expect(await rail.submitPayout(INSTRUCTION, LIMITS)).toMatchObject(expected);
});

test('a house that is not there is UNKNOWN, and says that nothing left', async () => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const lonely = railAt(`http://127.0.0.1:${port}`);

  expect(await lonely.submitPayout(INSTRUCTION, LIMITS)).toMatchObject({ outcome: 'UNKNOWN', detail: 'NOT_CONNECTED' });
  expect(await lonely.readQuota()).toMatchObject({ outcome: 'UNKNOWN', detail: 'NOT_CONNECTED' });
  await lonely.close();
});

test('an instruction that timed out while it waited for a connection never leaves later', async () => {
  const narrow = railAt(origin, 1);
  house.reply = (heard, response) => void setTimeout(() => house.answer(response, { heard, body: JSON.stringify(SUCCESS) }), 300);

  const first = narrow.submitPayout(INSTRUCTION, LIMITS);
  const second = await narrow.submitPayout({ ...INSTRUCTION, serialNumber: 'JINKU001202611210000000002' }, { timeoutMs: 100 });

  expect(second).toMatchObject({ outcome: 'UNKNOWN', detail: 'NOT_CONNECTED' });
  expect(await first).toMatchObject({ outcome: 'SUCCEEDED' });
  await systemClock.sleep(100);
  expect(house.heard).toHaveLength(1);
  await narrow.close();
});

test('a caller that gives up gets UNKNOWN at once', async () => {
  house.reply = never;
  const giveUp = new AbortController();
  const answer = rail.submitPayout(INSTRUCTION, { timeoutMs: 60_000, signal: giveUp.signal });

  giveUp.abort();

  expect(await answer).toMatchObject({ outcome: 'UNKNOWN', detail: 'ABORTED' });
  expect(await rail.submitPayout(INSTRUCTION, { timeoutMs: 60_000, signal: giveUp.signal })).toMatchObject({ detail: 'ABORTED' });
});

test('an instruction that could not be signed has not left, and is UNKNOWN', async () => {
  const broken = { ...institutionSigner, signAsync: () => Promise.reject(new Error('a signing thread ended')) };
  const unsigned = new NetsUnionRail({ ...optionsAt(origin), signer: broken });

  expect(await unsigned.submitPayout(INSTRUCTION, LIMITS)).toMatchObject({ outcome: 'UNKNOWN', detail: 'NOT_SIGNED', requestDigest: null });
  expect(house.heard).toHaveLength(0);
  await unsigned.close();
});

test('an answer that could not be verified is not believed', async () => {
  house.reply = signed(SUCCESS);
  const broken = { ...houseVerifier, verifyAsync: () => Promise.reject(new Error('a signing thread ended')) };
  const unverified = new NetsUnionRail({ ...optionsAt(origin), houseVerifiers: [broken] });

  expect(await unverified.submitPayout(INSTRUCTION, LIMITS)).toMatchObject({ outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE' });
  await unverified.close();
});

test('closing the rail answers what is in flight', async () => {
  house.reply = never;
  const closing = railAt(origin);
  const answer = closing.submitPayout(INSTRUCTION, { timeoutMs: 60_000 });
  await systemClock.sleep(50);

  await closing.close();

  expect(await answer).toMatchObject({ outcome: 'UNKNOWN', detail: 'CONNECTION_LOST' });
  expect(await closing.submitPayout(INSTRUCTION, LIMITS)).toMatchObject({ outcome: 'UNKNOWN', detail: 'NOT_CONNECTED' });
});

test.each([
  [
    { status: 'SUCCEEDED', code: '0000', amount: '1234.56' },
    { outcome: 'SUCCEEDED', amountMinor: 123_456n },
  ],
  [{ status: 'FAILED', code: '0103' }, { outcome: 'FAILED' }],
  [{ status: 'PROCESSING', code: '0000' }, { outcome: 'ACCEPTED' }],
  [{ status: 'NOT_FOUND', code: '0602' }, { outcome: 'NOT_FOUND' }],
  [
    { status: 'REJECTED', code: '0601' },
    { outcome: 'UNKNOWN', code: '0601' },
  ],
  [
    { status: 'SUCCEEDED', code: '0000', amount: '12.3' },
    { outcome: 'UNKNOWN', detail: 'UNPARSABLE_BODY' },
  ],
])('an inquiry that hears %j answers %j', async (said, expected) => {
  house.reply = signed({ serialNumber: INSTRUCTION.serialNumber, ...said });

  expect(await rail.inquirePayout(INSTRUCTION.serialNumber)).toMatchObject(expected);
  expect(house.heard[0]).toMatchObject({ method: 'GET', path: `/netsunion/v1/payouts/${INSTRUCTION.serialNumber}`, isSigned: true });
});

test('a quota reading gives figures when they are signed and whole, else none', async () => {
  house.reply = signed({ mappedQuota: '1000000.00', availableQuota: '999.99', asOf: 1_795_233_600_000 });
  expect(await rail.readQuota()).toEqual({
    outcome: 'SUCCEEDED',
    mappedMinor: 100_000_000n,
    availableMinor: 99_999n,
    asOf: new Date(1_795_233_600_000),
    detail: 'ANSWERED',
  });

  house.reply = signed({ mappedQuota: '1000000.00', availableQuota: '-1.00', asOf: 1_795_233_600_000 });
  expect(await rail.readQuota()).toMatchObject({ outcome: 'UNKNOWN', availableMinor: null, detail: 'UNMAPPED' });

  house.reply = signed({ mappedQuota: '1.00', availableQuota: '1.00', asOf: 1 }, { signer: stranger });
  expect(await rail.readQuota()).toMatchObject({ outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE' });
});
