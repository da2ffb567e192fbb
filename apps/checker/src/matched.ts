/** What two ordered streams have under one key. Several on one side come one by one, each with what the other side has. */
export interface Matched<L, R> {
  readonly left: readonly L[];
  readonly right: readonly R[];
}

interface Keyed {
  readonly key: string;
}

/**
 * Joins two sets of books that no statement can join, since they stand in two databases: both come ordered by key, byte by byte (`COLLATE "C"`),
 * and only the rows of one key are held at a time.
 */
export async function* matchedByKey<L extends Keyed, R extends Keyed>(lefts: AsyncIterable<L>, rights: AsyncIterable<R>): AsyncGenerator<Matched<L, R>> {
  const left = groupsOf(lefts);
  const right = groupsOf(rights);
  let [ours, theirs] = [await nextOf(left), await nextOf(right)];
  while (ours !== null || theirs !== null) {
    const order = ours === null ? 1 : theirs === null ? -1 : compareBytes(ours.key, theirs.key);
    yield { left: order <= 0 ? (ours?.rows ?? []) : [], right: order >= 0 ? (theirs?.rows ?? []) : [] };
    if (order <= 0) ours = await nextOf(left);
    if (order >= 0) theirs = await nextOf(right);
  }
}

interface Group<T> {
  readonly key: string;
  readonly rows: T[];
}

async function* groupsOf<T extends Keyed>(rows: AsyncIterable<T>): AsyncGenerator<Group<T>> {
  let group = null as Group<T> | null;
  for await (const row of rows) {
    if (group?.key === row.key) {
      group.rows.push(row);
      continue;
    }
    if (group !== null) yield group;
    group = { key: row.key, rows: [row] };
  }
  if (group !== null) yield group;
}

async function nextOf<T>(groups: AsyncGenerator<Group<T>>): Promise<Group<T> | null> {
  const { value, done } = await groups.next();
  return done === true ? null : value;
}

function compareBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
