import { expect, test } from '@jest/globals';
import { clockText, dayAfter, inOrder, instantOf, minuteOf, timeOfDay } from './timetable.ts';

test.each(['9:30', '24:00', '09:60', '+2 09:00', '+1 9:00', '', '-1 09:00'])('%p is no time of the timetable', (text) => {
  expect(timeOfDay.safeParse(text).success).toBe(false);
  expect(() => minuteOf(text)).toThrow(RangeError);
});

test('a time counts from the midnight of Shanghai that begins the day, also on the day after', () => {
  expect(timeOfDay.parse('09:30')).toBe(570);
  expect(instantOf('2026-11-23', minuteOf('00:00'))).toEqual(new Date('2026-11-22T16:00:00Z'));
  expect(instantOf('2026-11-23', minuteOf('+1 10:00'))).toEqual(new Date('2026-11-24T02:00:00Z'));
});

test('what is told of a time is what the files call it', () => {
  for (const text of ['00:00', '23:59', '+1 00:00', '+1 11:07']) expect(clockText('2026-11-23', instantOf('2026-11-23', minuteOf(text))).trim()).toBe(text);
});

test('the day after the last of a month is the first of the next', () => {
  expect(dayAfter('2026-11-30')).toBe('2026-12-01');
  expect(dayAfter('2028-02-28')).toBe('2028-02-29');
});

test('what has the same minute keeps the order of its file', () => {
  const items = [{ at: 9, name: 'b' }, { at: 8, name: 'a' }, { at: 9, name: 'c' }];
  expect(inOrder(items).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
});
