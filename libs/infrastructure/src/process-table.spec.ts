import { birthOf, listProcesses, parsePs } from './process-table.ts';

test('this very process is listed with its command line and was born once', () => {
  const own = listProcesses().find((entry) => entry.pid === process.pid);

  expect(own?.commandLine).toContain('node');
  expect(birthOf(process.pid)).toBe(birthOf(process.pid));
  expect(birthOf(process.pid)).not.toBeNull();
});

test('a process that does not exist has no birth', () => {
  expect(birthOf(2 ** 30)).toBeNull();
});

test('lines of ps are read with and without leading blanks, and nonsense is left out', () => {
  expect(parsePs('  12 /usr/bin/node x.js --a b\n3 init\n\nnonsense\n')).toEqual([
    { pid: 12, commandLine: '/usr/bin/node x.js --a b' },
    { pid: 3, commandLine: 'init' },
  ]);
});
