import { randomBytes } from 'node:crypto';

import { systemClock } from '@jinku/calendar';
import { createSigner } from '@jinku/security';

import type { QuotaAdjustmentInstruction } from '../quota-rail.ts';
import { houseVerifier, institutionSigner, ScriptedHouse } from '../scripted-house.builder.ts';
import { NetsUnionRail } from './netsunion-rail.ts';

const INSTRUCTION: QuotaAdjustmentInstruction = {
  serialNumber: 'JINKU001202611211000000001',
  direction: 'DECREASE',
  amountMinor: 123_456n,
  validUntil: new Date('2026-11-22T00:00:00Z'),
};
const LIMITS = { timeoutMs: 2_000 };
const ANSWER = { serialNumber: INSTRUCTION.serialNumber, status: 'SUCCEEDED', code: '0000', message: 'ok', amount: '1234.56', railReference: 'N1' };
const stranger = createSigner({ algorithm: 'HMAC-SM3', keyId: 'house-1', secret: randomBytes(32) });

const house = new ScriptedHouse(systemClock);
let rail: NetsUnionRail;

beforeAll(async () => {
  const origin = await house.listen();
  const houseVerifiers = [houseVerifier];
  rail = new NetsUnionRail({ origin, institution: 'JINKU001', signer: institutionSigner, houseVerifiers, clock: systemClock, connections: 2 });
});

afterAll(async () => {
  await rail.close();
  await house.close();
});

beforeEach(() => {
  house.heard.length = 0;
});

function answers(change: Record<string, unknown>, given: { status?: number } = {}): void {
  house.reply = (heard, response) => house.answer(response, { heard, body: JSON.stringify({ ...ANSWER, ...change }), ...given });
}

test('an adjustment is sent signed, with its direction, amount and validity', async () => {
  answers({});

  const answer = await rail.adjustQuota(INSTRUCTION, LIMITS);

  expect(answer).toMatchObject({ outcome: 'SUCCEEDED', amountMinor: 123_456n, railReference: 'N1' });
  expect(house.heard).toMatchObject([{ method: 'POST', path: '/netsunion/v1/quota-adjustments', isSigned: true }]);
  expect(JSON.parse(house.heard[0]?.body ?? '')).toEqual({
    serialNumber: INSTRUCTION.serialNumber,
    direction: 'DECREASE',
    amount: '1234.56',
    currency: 'CNY',
    validUntil: INSTRUCTION.validUntil.getTime(),
  });
});

test.each([
  [{ status: 'ACCEPTED' }, 'ACCEPTED'],
  [{ status: 'FAILED', code: '0104' }, 'FAILED'],
  [{ status: 'FAILED', code: '0101' }, 'UNKNOWN'],
  [{ status: 'REJECTED', code: '0301' }, 'REJECTED_FUNDS'],
  [{ status: 'REJECTED', code: '0201' }, 'REJECTED_DUPLICATE'],
  [{ amount: '1234.57' }, 'UNKNOWN'],
  [{ serialNumber: 'ANOTHER' }, 'UNKNOWN'],
] as const)('the answer %j to an adjustment is %s', async (change, outcome) => {
  answers(change);

  expect((await rail.adjustQuota(INSTRUCTION, LIMITS)).outcome).toBe(outcome);
});

test.each([
  [{ status: 'PROCESSING' }, 'ACCEPTED'],
  [{ status: 'NOT_FOUND', code: '0602' }, 'NOT_FOUND'],
  [{ status: 'FAILED', code: '0104' }, 'FAILED'],
  [{ status: 'REJECTED', code: '0301' }, 'UNKNOWN'],
  [{ status: 'REJECTED', code: '0601' }, 'UNKNOWN'],
] as const)('the answer %j to an inquiry about an adjustment is %s', async (change, outcome) => {
  answers(change);

  expect((await rail.inquireQuotaAdjustment(INSTRUCTION.serialNumber)).outcome).toBe(outcome);
  expect(house.heard[0]?.path).toBe(`/netsunion/v1/quota-adjustments/${INSTRUCTION.serialNumber}`);
});

test('a success signed by a stranger, or with a server error, decides nothing', async () => {
  house.reply = (heard, response) => house.answer(response, { heard, body: JSON.stringify(ANSWER), signer: stranger });
  expect((await rail.adjustQuota(INSTRUCTION, LIMITS)).outcome).toBe('UNKNOWN');

  answers({}, { status: 500 });
  expect((await rail.adjustQuota(INSTRUCTION, LIMITS)).outcome).toBe('UNKNOWN');
});
