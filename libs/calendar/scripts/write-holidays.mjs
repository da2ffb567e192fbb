/** Rewrites src/china-holidays.ts from the package `chinese-days`; run it after the State Council's notice for a new year is out. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { holidays, workdays } = createRequire(import.meta.url)('chinese-days/dist/chinese-days.json');
const years = new Map();
const yearOf = (date) => {
  const year = Number(date.slice(0, 4));
  if (!years.has(year)) years.set(year, { holidays: [], makeUpDays: [] });
  return years.get(year);
};
for (const date of Object.keys(holidays).sort()) yearOf(date).holidays.push(date.slice(5));
for (const date of Object.keys(workdays).sort()) yearOf(date).makeUpDays.push(date.slice(5));

const list = (days, indent) => {
  const lines = [];
  for (let at = 0; at < days.length; at += 12) lines.push(days.slice(at, at + 12).map((day) => `'${day}'`).join(', '));
  return lines.length === 1 ? `[${lines[0]}]` : `[\n${lines.map((line) => `${indent}  ${line},`).join('\n')}\n${indent}]`;
};
const rows = [...years].sort(([a], [b]) => a - b).map(([year, days]) =>
  `  {\n    year: ${year},\n    holidays: ${list(days.holidays, '    ')},\n    makeUpDays: ${list(days.makeUpDays, '    ')},\n  },`);

writeFileSync(
  new URL('../src/china-holidays.ts', import.meta.url),
  `import type { HolidayYear } from './working-days.ts';

/** Legal holidays and make-up working days of mainland China, from the State Council's notices. Written by scripts/write-holidays.mjs. */
export const CHINA_HOLIDAYS: readonly HolidayYear[] = [
${rows.join('\n')}
];
`,
);
