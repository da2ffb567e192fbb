export interface PlotPoint {
  /** Epoch milliseconds of business time. */
  readonly at: number;
  readonly minor: bigint;
}

export interface PlotSeries {
  readonly name: string;
  /** One character, drawn where the series is. */
  readonly mark: string;
  /** In the order of their time; each figure holds until the next. */
  readonly points: readonly PlotPoint[];
}

export interface PlotFrame {
  readonly from: number;
  readonly until: number;
  readonly columns: number;
  readonly rows: number;
  /** What stands below the first, the middle and the last column. */
  readonly labelOf: (at: number) => string;
}

const FEN_PER_YUAN = 100n;
const SHARED = '*';

/** Figures over time as lines of text: a column is a span of time and shows the figure at its end, a row is a share of the largest figure. */
export function plot(series: readonly PlotSeries[], frame: PlotFrame): string[] {
  const top = series.flatMap(({ points }) => points).reduce((most, { minor }) => (minor > most ? minor : most), 0n);
  if (top === 0n || frame.until <= frame.from) return ['  (nothing to plot)'];
  const cells = Array.from({ length: frame.rows }, () => new Array<string>(frame.columns).fill(' '));
  for (const { mark, points } of series) {
    for (let column = 0; column < frame.columns; column += 1) {
      const minor = figureAt(points, columnEnd(frame, column));
      if (minor === null) continue;
      const line = cells[frame.rows - 1 - levelOf(minor, { top, rows: frame.rows })];
      if (line !== undefined) line[column] = line[column] === ' ' || line[column] === mark ? mark : SHARED;
    }
  }
  const scale = [top, top / 2n, 0n].map(wholeYuan);
  const width = Math.max(...scale.map((text) => text.length));
  const labelled = new Map([[0, scale[0]], [Math.floor((frame.rows - 1) / 2), scale[1]], [frame.rows - 1, scale[2]]]);
  const lines = cells.map((line, row) => `  ${(labelled.get(row) ?? '').padStart(width)} |${line.join('')}`.trimEnd());
  return [...lines, `  ${''.padStart(width)} +${'-'.repeat(frame.columns)}`, `  ${''.padStart(width)}  ${timeAxis(frame)}`, `  ${legend(series)}`];
}

/** The last figure at or before an instant; null before the first. */
export function figureAt(points: readonly PlotPoint[], at: number): bigint | null {
  return points.findLast((point) => point.at <= at)?.minor ?? null;
}

function columnEnd({ from, until, columns }: PlotFrame, column: number): number {
  return from + ((until - from) * (column + 1)) / columns;
}

/** From 0, the lowest row, which is for nothing at all and for what is below zero, to the highest, which is for the largest figure. */
function levelOf(minor: bigint, { top, rows }: { top: bigint; rows: number }): number {
  if (minor <= 0n) return 0;
  const highest = BigInt(rows - 1);
  return Number((minor * highest + top - 1n) / top);
}

function timeAxis({ from, until, columns, labelOf }: PlotFrame): string {
  const [first, middle, last] = [from, (from + until) / 2, until].map(labelOf) as [string, string, string];
  const line = first.padEnd(Math.floor(columns / 2)) + middle;
  return line.padEnd(columns - last.length) + last;
}

function legend(series: readonly PlotSeries[]): string {
  return [...series.map(({ mark, name }) => `${mark} ${name}`), ...(series.length > 1 ? [`${SHARED} several`] : [])].join('   ');
}

function wholeYuan(minor: bigint): string {
  return String(minor / FEN_PER_YUAN).replace(/\B(?=(\d{3})+$)/g, ',');
}
