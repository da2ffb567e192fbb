import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ExampleFolder } from '../demo/example-folder.ts';
import { CHECKOUT } from '../stack/checkout.ts';
import { readDayFiles, type DayFiles } from './day-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jinku-day-'));
  cpSync(join(CHECKOUT, 'examples', 'day'), folder, { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true }));

const read = (): DayFiles => readDayFiles(new ExampleFolder('day', folder));

function edit(file: string, change: (text: string) => string): void {
  const path = join(folder, file);
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`nothing was changed in ${file}`);
  writeFileSync(path, after);
}

/** Replaces one value of one line; the header is line 1. */
function setValue(file: string, { line, column, to }: { line: number; column: string; to: string }): void {
  edit(file, (text) => {
    const lines = text.split('\n');
    const at = (lines[0] ?? '').split(',').indexOf(column);
    lines[line - 1] = (lines[line - 1] ?? '').split(',').with(at, to).join(',');
    return lines.join('\n');
  });
}

test('the day as it ships is read whole, its requests in the order of their time', () => {
  const { requests, payoutFile, accounts } = read();
  expect(requests.length).toBeGreaterThanOrEqual(600);
  expect(requests.map(({ at }) => at)).toEqual(requests.map(({ at }) => at).toSorted((a, b) => a - b));
  expect(new Set(requests.map(({ door }) => door))).toEqual(new Set(['MESSAGE', 'API']));
  expect(payoutFile.rows.length).toBeGreaterThan(3);
  expect(accounts.map(({ accountClass }) => accountClass)).toContain('CENTRAL_RESERVE');
});

test.each([
  ['requests.csv', { line: 17, column: 'amount', to: '12.5' }, /^requests\.csv line 17: amount /],
  ['requests.csv', { line: 2, column: 'at', to: '9:30' }, /^requests\.csv line 2: at is a time of the day/],
  ['requests.csv', { line: 2, column: 'at', to: '04:59' }, /^requests\.csv line 2: at lies between startsAt and endsAt/],
  ['requests.csv', { line: 3, column: 'door', to: 'FAX' }, /^requests\.csv line 3: door /],
  ['requests.csv', { line: 4, column: 'merchantId', to: 'M99999' }, /^requests\.csv line 4: merchantId is a merchant of merchants\.csv/],
  ['operators.csv', { line: 2, column: 'role', to: 'boss' }, /^operators\.csv line 2: role /],
  ['operators.csv', { line: 3, column: 'username', to: 'wangmin' }, /^operators\.csv line 3: username is unique; line 2 has the same/],
  ['operators.csv', { line: 4, column: 'role', to: 'operator' }, /^operators\.csv: role names an approver/],
  ['accounts.csv', { line: 3, column: 'openingBalance', to: '-1.00' }, /^accounts\.csv line 3: openingBalance /],
  ['accounts.csv', { line: 3, column: 'connectorType', to: 'BANK_GAMMA' }, /^accounts\.csv line 3: connectorType is one of connector-types\.json/],
  ['accounts.csv', { line: 4, column: 'key', to: 'reserve' }, /^accounts\.csv line 4: key is unique; line 2 has the same/],
  ['collections.csv', { line: 2, column: 'count', to: '0' }, /^collections\.csv line 2: count is a number from 1 on/],
  ['unannounced-credits.csv', { line: 2, column: 'account', to: 'reserve' }, /^unannounced-credits\.csv line 2: account is the key of a bank account/],
  ['accounts.csv', { line: 2, column: 'accountClass', to: 'OWN_FUND' }, /^accounts\.csv line 2: connectorType is one of/],
] as const)('%s with %p is refused by file, line, field and rule', (file, change, refusal) => {
  setValue(file, change);
  expect(read).toThrow(refusal);
});

test('two requests of one id are refused at the second', () => {
  edit('requests.csv', (text) => {
    const [header, first = '', second = '', ...rest] = text.split('\n');
    return [header, first, second.split(',').with(2, first.split(',')[2] ?? '').join(','), ...rest].join('\n');
  });
  expect(read).toThrow(/^requests\.csv line 3: requestId is unique; line 2 has the same/);
});

test.each([
  ['day.json', /"rate": \d+/, '"rate": 1', /^day\.json: rate is at least 60/],
  ['day.json', /"endsAt": "[^"]+"/, '"endsAt": "04:00"', /^day\.json: endsAt is after startsAt/],
  ['day.json', /"payoutFile": "[^"]+"/, '"payoutFile": "noon"', /^day\.json: timetable\.payoutFile is a time of the day/],
  ['faults.json', /"at": "[^"]+"/, '"at": 5', /^faults\.json: \[0\]\.at /],
  ['quota-policy.json', /"initialMapping": "[^"]+"/, '"initialMapping": 5', /^quota-policy\.json: houses\.UNIONPAY\.initialMapping /],
  ['transfer-rules.json', /"payer": "[^"]+"/, '"payer": "nobody"', /^transfer-rules\.json: \[0\]\.payer is the key of an account/],
  ['quota-policy.json', /\{/, '{{', /^quota-policy\.json is not JSON/],
] as const)('%s with a wrong value is refused by file, field and rule', (file, pattern, to, refusal) => {
  edit(file, (text) => text.replace(pattern, to));
  expect(read).toThrow(refusal);
});

test('a file that is missing is named', () => {
  rmSync(join(folder, 'merchants.csv'));
  expect(read).toThrow('examples/day/merchants.csv is missing');
});
