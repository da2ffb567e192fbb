/**
 * How many of the shards a process should lead: as many as every other, and those that came first one more. All processes that see the same members work
 * out shares that add up to all shards. `members` stand in the order in which they came.
 */
export function fairShare(given: { shards: number; members: readonly string[]; self: string }): number {
  const members = given.members.includes(given.self) ? given.members : [...given.members, given.self];
  const place = members.indexOf(given.self);
  return Math.floor(given.shards / members.length) + (place < given.shards % members.length ? 1 : 0);
}
