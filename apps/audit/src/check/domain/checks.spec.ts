import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkAccount, type AccountSides } from './check-account.ts';
import { checkCoverage } from './check-coverage.ts';
import { checkSession } from './check-session.ts';
import { checkTrialBalance, type TrialLine } from './check-trial-balance.ts';
import { matchLines, type OurLine, type TheirLine } from './match-lines.ts';

const line = (code: string, normalSide: 'DEBIT' | 'CREDIT', debitTotal: bigint, creditTotal: bigint): TrialLine => ({
  code,
  unit: 'CNY',
  normalSide,
  debitTotal,
  creditTotal,
  balance: normalSide === 'DEBIT' ? debitTotal - creditTotal : creditTotal - debitTotal,
});
const AT = { date: '2026-11-20', digest: 'x' };

test('A1: books that balance and only grow agree; each way of not doing so is named', () => {
  const opening = [line('1001', 'DEBIT', 100n, 0n), line('2001', 'CREDIT', 0n, 100n)];
  const closing = [line('1001', 'DEBIT', 150n, 20n), line('2001', 'CREDIT', 20n, 150n)];
  const rulesOf = (given: { opening?: TrialLine[]; closing?: TrialLine[] }): string[] =>
    checkTrialBalance({ opening, closing, ...given }, AT).breaks.map(({ reference, evidence }) => `${reference}: ${evidence['rule']}`);

  expect(checkTrialBalance({ opening, closing }, AT)).toMatchObject({ verdict: 'AGREES', left: { 'CNY debit': '1.70' }, right: { 'CNY credit': '1.70' } });
  expect(rulesOf({ closing: [closing[0]!, line('2001', 'CREDIT', 20n, 149n)] })).toEqual(['CNY: debits = credits']);
  expect(rulesOf({ closing: [{ ...closing[0]!, balance: 129n }, closing[1]!] })).toEqual(['1001: opening + movement = closing']);
  expect(rulesOf({ opening: closing, closing: opening })).toEqual(['1001: totals only grow', '2001: totals only grow']);
  expect(rulesOf({ closing: [] })).toEqual(['1001: an account never leaves the books', '2001: an account never leaves the books']);
});

test('A11: client money is what I6 says, and a shortfall is a break while more is none', () => {
  const lines = [
    ...[line('1001.1', 'DEBIT', 1_000n, 100n), line('1002.2', 'DEBIT', 200n, 0n), line('1004.1', 'DEBIT', 30n, 0n), line('1006.1', 'DEBIT', 4n, 0n), line('1101.CLIENT', 'DEBIT', 50n, 0n)],
    ...[line('1201.COLLECTION.RECEIVABLE', 'DEBIT', 60n, 0n), line('1202.PAYOUT.PAYABLE', 'CREDIT', 0n, 70n), line('2201', 'CREDIT', 0n, 8n)],
    // Our own money, charges to be made good, and what is owed: none of it is client money.
    ...[line('1003.9', 'DEBIT', 900n, 0n), line('1101.OWN', 'DEBIT', 90n, 0n), line('1301', 'DEBIT', 9n, 0n), line('2001', 'CREDIT', 0n, 1_166n), line('10010', 'DEBIT', 5n, 0n), { ...line('1001.2', 'DEBIT', 5n, 0n), unit: 'CNY.QUOTA' }],
  ];
  const told = (...totals: bigint[]): ReturnType<typeof checkCoverage> => checkCoverage({ lines, told: totals.map((total, index) => ({ clientId: `client-${index}`, sequence: 1n, total })), ...AT });

  expect(told(1_000n, 166n)).toMatchObject({ verdict: 'AGREES', left: { clientMoney: '11.66', centralReserve: '9.00', clearingHouses: '-0.10', ownAdvances: '0.08' }, right: { obligations: '11.66', 'client-1': '1.66' } });
  expect(told(1_165n).verdict).toBe('AGREES');
  expect(told(1_167n)).toMatchObject({ verdict: 'DIFFERS', breaks: [{ key: '2026-11-20:COVERAGE', amount: 1n, evidence: { ours: '11.66', theirs: '11.67' } }] });
});

const sides = (given: Partial<AccountSides>): AccountSides => ({ check: 'A4', accountId: 'a', book: 100n, bank: 100n, outstanding: [], unknown: [], inputs: {}, ...given });

test('A4: an item that only one side has explains as much as it is, and the rest is a break of its own', () => {
  const theirs = { amount: 30n, date: '2026-11-20' };
  const found = checkAccount(sides({ bank: 137n, outstanding: [{ reference: 'S1', occurrence: 1, ours: null, theirs }] }));

  expect(found.breaks.map(({ kind, reference, amount }) => [kind, reference, amount])).toEqual([
    ['THEIRS_ONLY', 'S1', 30n],
    ['AMOUNT', 'BALANCE', 7n],
  ]);
});

test('A4: each kind of difference has its name, and the same difference its key', () => {
  const ours = { amount: -30n, date: '2026-11-19' };
  const theirs = { amount: -31n, date: '2026-11-20' };
  const found = checkAccount(
    sides({
      bank: 99n - 31n + 30n,
      outstanding: [
        { reference: 'S1', occurrence: 1, ours, theirs },
        { reference: 'S2', occurrence: 1, ours, theirs: null },
        { reference: 'S3', occurrence: 2, ours: null, theirs },
      ],
      unknown: [{ id: 'e1', amount: 5n, bankReference: 'B5', businessDate: '2026-11-20' }],
    }),
  );

  expect(found.breaks.map(({ kind, key }) => [kind, key])).toEqual([
    ['AMOUNT', 'a:S1:DEBIT:1'],
    ['OURS_ONLY', 'a:S2:DEBIT:1'],
    ['DUPLICATE', 'a:S3:DEBIT:2'],
    ['UNKNOWN_INCOMING_CREDIT', 'a:entry:e1'],
  ]);
});

const PLACE = { clearingHouse: 'NETSUNION', clearingDate: '2026-11-20' };
const ours = { payouts: 100n, returns: 5n, receipts: 200n };

test('A7: a session without result, or with receipts that nobody told us of, is not judged', () => {
  const house = { ...ours, state: 'CONFIRMED', net: 105n };

  expect(checkSession(PLACE, { ours, house: null, hasCollections: true })).toMatchObject({ verdict: 'NOT_RUN', reason: 'NO_SESSION_RESULT' });
  expect(checkSession(PLACE, { ours, house: { ...house, state: 'CLOSED' }, hasCollections: true }).verdict).toBe('NOT_RUN');
  expect(checkSession(PLACE, { ours, house, hasCollections: false })).toMatchObject({ verdict: 'NOT_RUN', reason: 'NO_COLLECTIONS_FEED' });
  expect(checkSession(PLACE, { ours, house, hasCollections: true }).verdict).toBe('AGREES');
});

test('A7: gross figures are compared one by one, so that two errors of the same size do not hide each other', () => {
  const house = { payouts: 110n, returns: 5n, receipts: 210n, state: 'SETTLED', net: 105n };
  const found = checkSession(PLACE, { ours, house, hasCollections: true });

  expect(found.breaks.map(({ reference, amount }) => [reference, amount])).toEqual([
    ['2026-11-20 PAYOUTS', 10n],
    ['2026-11-20 RECEIPTS', 10n],
  ]);
});

async function* listed<T>(lines: readonly T[]): AsyncGenerator<T> {
  for (const one of lines) yield one;
}

async function matched(our: readonly OurLine[], their: readonly TheirLine[]): Promise<string[]> {
  const found: string[] = [];
  for await (const { kind, reference, amount } of matchLines(listed(our), listed(their))) found.push(`${kind} ${reference} ${amount}`);
  return found;
}

const own = (serialNumber: string, amount = 10n, hasSucceeded = true): OurLine => ({ serialNumber, amount, hasSucceeded });
const bill = (serialNumber: string, amount = 10n): TheirLine => ({ serialNumber, amount });

test('A8: every way in which two lists differ is found, and nothing else', async () => {
  const our = [own('a'), own('b'), own('c', 10n, false), own('d', 10n, false), own('e', 11n), own('g')];
  const their = [bill('a'), bill('d'), bill('e'), bill('f'), bill('g'), bill('g'), bill('h')];

  expect(await matched(our, their)).toEqual(['OURS_ONLY b -10', 'STATUS d 10', 'AMOUNT e -1', 'THEIRS_ONLY f 10', 'DUPLICATE g 10', 'THEIRS_ONLY h 10']);
  expect(await matched([], [])).toEqual([]);
});

test('A8: of lists that were changed at random, what was changed is what is found', async () => {
  const change = fc.record({ at: fc.nat(199), what: fc.constantFrom('drop', 'amount', 'double', 'invent') });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(change, { selector: ({ at }) => at, maxLength: 20 }), async (changes) => {
      const serial = (index: number): string => `S${String(index * 2).padStart(6, '0')}`;
      const our = Array.from({ length: 200 }, (_, index) => own(serial(index), BigInt(index + 1)));
      const wanted: string[] = [];
      const their = our.flatMap(({ serialNumber, amount }, index): TheirLine[] => {
        const what = changes.find(({ at }) => at === index)?.what;
        if (what === 'drop') wanted.push(`OURS_ONLY ${serialNumber} ${-amount}`);
        if (what === 'drop') return [];
        if (what === 'amount') wanted.push(`AMOUNT ${serialNumber} 1`);
        if (what === 'double') wanted.push(`DUPLICATE ${serialNumber} ${amount}`);
        const invented = `${serialNumber}x`;
        if (what === 'invent') wanted.push(`THEIRS_ONLY ${invented} 7`);
        const whole = bill(serialNumber, what === 'amount' ? amount + 1n : amount);
        return [whole, ...(what === 'double' ? [whole] : []), ...(what === 'invent' ? [bill(invented, 7n)] : [])];
      });
      expect(await matched(our, their)).toEqual(wanted);
    }),
    { numRuns: 300 },
  );
});
