import { invariant } from '@jinku/errors';

/** From when to when a version of a rule makes the entries; by value date, `validTo` not included. */
export interface ScheduledRule {
  readonly kind: string;
  readonly version: number;
  readonly validFrom: string;
  readonly validTo: string | null;
}

/** The version in force on a day. A day without one is a defect of the schedule, never a reason to leave an entry out. */
export function versionInForce(schedule: readonly ScheduledRule[], { kind, on }: { kind: string; on: string }): number {
  const inForce = schedule.find((rule) => rule.kind === kind && rule.validFrom <= on && (rule.validTo === null || on < rule.validTo));
  invariant(inForce !== undefined, `a version of the posting rule ${kind} is in force on ${on}`);
  return inForce.version;
}

/** Scheduled versions that no function carries out, and kinds of which no version is scheduled for the days to come. */
export function faultsOf(schedule: readonly ScheduledRule[], known: readonly string[]): string[] {
  const unknown = schedule.map(({ kind, version }) => `${kind}.v${version}`).filter((name) => !known.includes(name));
  const kinds = new Set(known.map((name) => name.replace(/\.v\d+$/, '')));
  const ended = [...kinds].filter((kind) => !schedule.some((rule) => rule.kind === kind && rule.validTo === null));
  return [...unknown.map((name) => `${name} is scheduled and not in the code`), ...ended.map((kind) => `${kind} has no version without an end`)];
}
