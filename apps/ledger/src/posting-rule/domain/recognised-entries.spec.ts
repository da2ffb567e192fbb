import { entriesRecognisedV1, type RecognisedKind } from '@jinku/contracts';
import type { EntryDraft } from '../../journal/domain/journal-entry.ts';
import { linesOf, ruleContext as context, sidesOf } from '../posting-rule.builder.ts';
import { entriesOfRecognised } from './recognised-entries.ts';

const [CLIENT, OWN] = ['1002.0000000000c2', '1003.0000000000c3'];
const [example] = entriesRecognisedV1.example.entries;
const recognised = (kind: RecognisedKind, amount: string, account: string): EntryDraft[] => entriesOfRecognised({ entries: [{ ...example!, kind, amount }] }, { account, ...context });

test('interest-on-own-account: it is income', () => {
  expect(sidesOf(recognised('INTEREST', '12.00', OWN), 'interest-on-own-account.v1')).toEqual({ debit: OWN, credit: '4002', amount: 1_200n, reference: example!.entryId });
});

test('interest-on-client-account: it is income that lies in client money, and client money owes it', () => {
  expect(linesOf(recognised('INTEREST', '12.00', CLIENT), 'interest-on-client-account.v1')).toEqual([`${CLIENT} 1200`, '2201 -1200', '1302 1200', '4002 -1200']);
});

test('charge-on-own-account: it is an expense', () => {
  expect(sidesOf(recognised('CHARGE', '-15.00', OWN), 'charge-on-own-account.v1')).toMatchObject({ debit: '5001', credit: OWN, amount: 1_500n });
});

test('charge-on-client-account: it is our expense, which we owe to client money until it is made good', () => {
  expect(linesOf(recognised('CHARGE', '-15.00', CLIENT), 'charge-on-client-account.v1')).toEqual([`${CLIENT} -1500`, '1301 1500', '2301 -1500', '5001 1500']);
});

test('suspense: what no rule knows waits in the fund of its account, on either side', () => {
  expect(sidesOf(recognised('UNKNOWN_CREDIT', '7.00', CLIENT), 'suspense.v1')).toMatchObject({ debit: CLIENT, credit: '2101.CLIENT', amount: 700n });
  expect(sidesOf(recognised('UNKNOWN_DEBIT', '-7.00', OWN), 'suspense.v1')).toMatchObject({ debit: '2101.OWN', credit: OWN, amount: 700n });
});

test('a charge that was paid back stands on the other sides', () => {
  expect(sidesOf(recognised('CHARGE', '15.00', OWN), 'charge-on-own-account.v1')).toMatchObject({ debit: OWN, credit: '5001', amount: 1_500n });
});

test('an entry of zero moved nothing', () => {
  expect(recognised('CHARGE', '0.00', CLIENT)).toEqual([]);
});

test("a bank's reference cannot break the columns of the journal", () => {
  const entries = entriesOfRecognised({ entries: [{ ...example!, bankReference: 'B1\x1eB2\n\x00' }] }, { account: OWN, ...context });

  expect(entries[0]!.description).toBe('B1 B2  ');
});
