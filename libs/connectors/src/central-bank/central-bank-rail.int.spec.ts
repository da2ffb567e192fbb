import { randomBytes } from 'node:crypto';

import { businessDate, systemClock } from '@jinku/calendar';
import { createSigner } from '@jinku/security';

import { houseSigner, houseVerifier, institutionSigner, ScriptedHouse } from '../scripted-house.builder.ts';
import { CentralBankRail } from './central-bank-rail.ts';

const ACCOUNT = '1000000000000001';
const DATE = businessDate('2026-11-20');
const AT = 1_795_250_400_000;
const FIRST = {
  ...{ movementNumber: '41', direction: 'CREDIT', amount: '100.00', balanceAfter: '600.00' },
  ...{ counterparty: '102100099996', payerReference: 'S-1', purpose: 'TRANSFER', occurredAt: AT },
};
const SECOND = { ...FIRST, movementNumber: '43', direction: 'DEBIT', amount: '10.00', balanceAfter: '590.00', counterparty: null, payerReference: null, purpose: null };
const PAGE = {
  ...{ accountNumber: ACCOUNT, date: DATE, openingBalance: '500.00', closingBalance: '590.00' },
  ...{ creditTotal: '100.00', debitTotal: '10.00', count: 2, isClosed: true, movements: [FIRST, SECOND], next: null },
};
const stranger = createSigner({ algorithm: 'HMAC-SM3', keyId: houseSigner.keyId, secret: randomBytes(32) });

const centralBank = new ScriptedHouse(systemClock);
let rail: CentralBankRail;

beforeAll(async () => {
  const origin = await centralBank.listen();
  const houseVerifiers = [houseVerifier];
  rail = new CentralBankRail({ origin, institution: 'JINKU001', signer: institutionSigner, houseVerifiers, clock: systemClock, connections: 2 });
});

afterAll(async () => {
  await rail.close();
  await centralBank.close();
});

beforeEach(() => {
  centralBank.heard.length = 0;
});

function answers(content: unknown, given: { status?: number; signer?: typeof stranger } = {}): void {
  centralBank.reply = (heard, response) => centralBank.answer(response, { heard, body: JSON.stringify(content), ...given });
}

test('movements are read with the totals of their date, signed, and asked for from where the page before ended', async () => {
  answers(PAGE);

  const page = await rail.readMovements(ACCOUNT, DATE, '40');

  expect(page).toEqual({
    outcome: 'SUCCEEDED',
    movements: [
      {
        ...{ movementNumber: '41', direction: 'CREDIT', amountMinor: 10_000n, balanceAfterMinor: 60_000n },
        ...{ counterparty: '102100099996', payerReference: 'S-1', purpose: 'TRANSFER', occurredAt: new Date(AT) },
      },
      { movementNumber: '43', direction: 'DEBIT', amountMinor: 1_000n, balanceAfterMinor: 59_000n, occurredAt: new Date(AT) },
    ],
    totals: { openingMinor: 50_000n, closingMinor: 59_000n, creditMinor: 10_000n, debitMinor: 1_000n, count: 2, isClosed: true },
    cursor: null,
    detail: 'ANSWERED',
  });
  expect(centralBank.heard).toMatchObject([
    { method: 'GET', isSigned: true, path: `/central-bank/v1/accounts/${ACCOUNT}/movements?date=${DATE}&after=40&limit=40` },
  ]);
});

test('a page that is not the last one names its last movement as the place to go on from', async () => {
  answers({ ...PAGE, movements: [FIRST], next: '41' });

  expect(await rail.readMovements(ACCOUNT, DATE)).toMatchObject({ outcome: 'SUCCEEDED', cursor: '41' });
});

test.each([
  ['is of another account', { accountNumber: '1000000000000002' }],
  ['is of another date', { date: '2026-11-19' }],
  ['has totals that do not add up', { closingBalance: '590.01' }],
  ['ends elsewhere than its totals', { movements: [FIRST] }],
  ['has more movements than the date', { count: 1 }],
  ['goes on from a movement that it does not hold', { next: '99' }],
  ['has a movement out of order', { movements: [SECOND, FIRST] }],
  ['has a gap in the balances', { movements: [{ ...FIRST, balanceAfter: '601.00' }, SECOND] }],
  ['has a movement of nothing', { movements: [{ ...FIRST, amount: '0.00' }] }],
  ['has a direction that nobody knows', { movements: [{ ...FIRST, direction: 'UP' }] }],
  ['has a number for an amount', { movements: [{ ...FIRST, amount: 100 }] }],
  ['has no list', { movements: {} }],
  ['has a text longer than any', { movements: [{ ...FIRST, purpose: 'x'.repeat(141) }] }],
  ['does not say whether the date is over', { isClosed: 'yes' }],
])('a page that %s decides nothing', async (_, change) => {
  answers({ ...PAGE, ...change });

  expect(await rail.readMovements(ACCOUNT, DATE)).toEqual({ outcome: 'UNKNOWN', movements: [], totals: null, cursor: null, detail: 'UNMAPPED' });
});

test('an answer that the central bank did not sign, or a refusal, tells nothing', async () => {
  const balance = { accountNumber: ACCOUNT, balance: '590.00', currency: 'CNY', asOf: AT };
  answers(balance, { signer: stranger });
  expect(await rail.readBalance(ACCOUNT)).toMatchObject({ outcome: 'UNKNOWN', balanceMinor: null, detail: 'BAD_SIGNATURE' });

  answers(PAGE, { signer: stranger });
  expect(await rail.readMovements(ACCOUNT, DATE)).toMatchObject({ outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE' });

  answers({ code: '0602', message: 'no such account' }, { status: 404 });
  expect(await rail.readBalance(ACCOUNT)).toMatchObject({ outcome: 'UNKNOWN', detail: 'UNMAPPED' });

  answers(balance);
  expect(await rail.readBalance(ACCOUNT)).toMatchObject({ outcome: 'SUCCEEDED', balanceMinor: 59_000n });
});
