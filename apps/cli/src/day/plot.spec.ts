import { expect, test } from '@jest/globals';
import { figureAt, plot, type PlotFrame, type PlotSeries } from './plot.ts';

const frame = (given: Partial<PlotFrame> = {}): PlotFrame => ({ from: 0, until: 100, columns: 10, rows: 4, labelOf: (at) => `t${at}`, ...given });
const series = (points: readonly [number, bigint][], given: Partial<PlotSeries> = {}): PlotSeries => ({
  name: 'NetsUnion',
  mark: 'N',
  points: points.map(([at, minor]) => ({ at, minor })),
  ...given,
});

test('nothing is drawn of no figures, of figures that are all zero, and of a span without length', () => {
  const nothing = ['  (nothing to plot)'];
  expect(plot([], frame())).toEqual(nothing);
  expect(plot([series([[0, 0n]])], frame())).toEqual(nothing);
  expect(plot([series([[0, 100n]])], frame({ until: 0 }))).toEqual(nothing);
});

test('a figure holds until the next one, and before the first there is none', () => {
  const { points } = series([[10, 5n], [20, 7n]]);
  expect(figureAt(points, 9)).toBeNull();
  expect(figureAt(points, 19)).toBe(5n);
  expect(figureAt(points, 500)).toBe(7n);
});

test('a column shows the figure at its end, the largest in the highest row and nothing in the lowest', () => {
  expect(plot([series([[25, 300_000n], [55, 100_000n], [85, 0n]])], frame())).toEqual([
    '  3,000 |  NNN',
    '  1,500 |',
    '        |     NNN',
    '      0 |        NN',
    '        +----------',
    '         t0   t50t100',
    '  N NetsUnion',
  ]);
});

test('where two series meet, the plot says so; what is below zero lies on the ground', () => {
  const lines = plot([series([[0, 100n]]), series([[0, 100n], [50, -5n]], { name: 'UnionPay', mark: 'U' })], frame());
  expect(lines[0]).toBe('  1 |****NNNNNN');
  expect(lines[3]).toBe('  0 |    UUUUUU');
  expect(lines.at(-1)).toBe('  N NetsUnion   U UnionPay   * several');
});

test('a figure above zero never looks like nothing', () => {
  const lines = plot([series([[0, 1_000_000n], [50, 1n]])], frame());
  expect(lines[3]).not.toContain('N');
});
