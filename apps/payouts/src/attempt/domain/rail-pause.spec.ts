import { expect, test } from '@jest/globals';
import { RailPause } from './rail-pause.ts';

const troubles = (pause: RailPause, count: number, at: number): boolean => Array.from({ length: count }, () => pause.trouble(at)).includes(true);

test('a few troubles among good answers pause nothing', () => {
  const pause = new RailPause();
  for (let round = 0; round < 100; round += 1) {
    expect(troubles(pause, 15, 0)).toBe(false);
    pause.good();
  }
  expect(pause.claimMax(0, 128)).toBe(128);
});

test('troubles in a row pause; then a few payouts try, and more trouble pauses longer', () => {
  const pause = new RailPause();
  expect(troubles(pause, 16, 0)).toBe(true);
  expect(pause.claimMax(499, 128)).toBe(0);
  expect(pause.claimMax(500, 128)).toBe(4);

  expect(troubles(pause, 4, 500)).toBe(true);

  expect(pause.remainingMs(500)).toBe(1_000);
});

test('one good answer ends it', () => {
  const pause = new RailPause();
  troubles(pause, 16, 0);

  pause.good();

  expect(pause.claimMax(1, 128)).toBe(128);
});
