import { hvpsCalendarSchema, isHvpsOpen, WEEKDAYS_ONLY } from './hvps-hours.ts';

const at = (text: string): Date => new Date(`${text}+08:00`);

test.each([
  ['a Friday until half past five', '2026-11-20T17:29:59.999', true],
  ['a Friday from half past five', '2026-11-20T17:30:00', false],
  ['a Friday evening, before a Saturday', '2026-11-20T19:00:00', false],
  ['a Saturday', '2026-11-21T10:00:00', false],
  ['a Sunday evening before seven', '2026-11-22T18:59:59', false],
  ['a Sunday evening from seven, for the Monday', '2026-11-22T19:00:00', true],
  ['the night to a Monday', '2026-11-23T00:00:00', true],
  ['a Thursday evening from seven', '2026-11-19T19:00:00', true],
])('%s is open: %s %s', (_, instant, isOpen) => {
  expect(isHvpsOpen(WEEKDAYS_ONLY, at(instant))).toBe(isOpen);
});

test('a holiday is closed, with the evening before it, and a make-up day is open', () => {
  const calendar = hvpsCalendarSchema.parse({ holidays: ['2026-11-20'], makeUpDays: ['2026-11-21'] });

  expect(isHvpsOpen(calendar, at('2026-11-19T20:00:00'))).toBe(false);
  expect(isHvpsOpen(calendar, at('2026-11-20T10:00:00'))).toBe(false);
  expect(isHvpsOpen(calendar, at('2026-11-20T20:00:00'))).toBe(true);
  expect(isHvpsOpen(calendar, at('2026-11-21T10:00:00'))).toBe(true);
});

test('a person may hold it open or closed at any hour', () => {
  expect(isHvpsOpen(hvpsCalendarSchema.parse({ mode: 'OPEN' }), at('2026-11-21T03:00:00'))).toBe(true);
  expect(isHvpsOpen(hvpsCalendarSchema.parse({ mode: 'CLOSED' }), at('2026-11-20T10:00:00'))).toBe(false);
});
