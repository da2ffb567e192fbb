import { isBalanced, payoutTable, table, trialBalanceTable } from './tables.ts';

test('payouts are counted and summed exactly by line and outcome', () => {
  const table = payoutTable([
    { line: 'WITHDRAWAL', state: 'SUCCEEDED', amount: '0.10' },
    { line: 'WITHDRAWAL', state: 'SUCCEEDED', amount: '0.20' },
    { line: 'SETTLEMENT', state: 'FAILED', amount: '5.00' },
  ]);
  expect(table.split('\n').map((line) => line.trim().split(/\s{2,}/))).toEqual([
    ['Business line', 'FAILED', 'SUCCEEDED', 'asked for, CNY', 'paid, CNY'],
    ['SETTLEMENT', '1', '0', '5.00', '0.00'],
    ['WITHDRAWAL', '0', '2', '0.30', '0.30'],
    ['total', '1', '2', '5.30', '0.30'],
  ]);
});

test('a trial balance leaves out accounts that nothing was posted to, and shows when sums differ', () => {
  const line = { name: 'x', unit: 'CNY', balance: '1.00' };
  const trial = {
    lines: [{ ...line, code: '1001', debitTotal: '1.00', creditTotal: '0.00' }, { ...line, code: '1002', debitTotal: '0.00', creditTotal: '0.00' }],
    sums: [{ unit: 'CNY', debit: '1.00', credit: '0.00' }],
  };
  expect(trialBalanceTable(trial)).not.toContain('1002');
  expect(isBalanced(trial)).toBe(false);
});

test('a Chinese character takes two columns, so that what stands after it is in line', () => {
  expect(table([['name', 'of'], ['备付金', 'x'], ['reserve', 'y']]).split('\n')).toEqual(['  name     of', '  备付金   x', '  reserve  y']);
});
