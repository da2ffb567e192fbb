import { table } from '../../demo/tables.ts';
import type { Day } from '../day.ts';
import { waitFor } from '../wait-for.ts';

const CHECKED_WITHIN_MS = 60_000;

interface Check {
  readonly check: string;
  readonly subject: string | null;
  readonly verdict: string;
  readonly reason: string | null;
  readonly breakCount: number;
}

interface Break {
  readonly check: string;
  readonly kind: string;
  readonly reference: string;
  readonly amount: string;
  readonly state: string;
  readonly evidence: Readonly<Record<string, string>>;
}

/** The checks of the day, and each difference as a break with its evidence: the credits that nobody announced are among them. */
export async function reconcile(day: Day): Promise<void> {
  const { files, gateway, people, story } = day;
  const { token } = people.operator;
  const { date } = files.day;
  await gateway.call({ method: 'POST', path: '/v1/audit/checks/runs', token, body: { businessDate: date } });
  const breaks = await waitFor(`${files.unannouncedCredits.length} breaks are found`, CHECKED_WITHIN_MS, async () => {
    const { items } = await gateway.call<{ items: Break[] }>({ path: `/v1/audit/breaks?businessDate=${date}`, token });
    const unknown = items.filter(({ kind }) => kind === 'UNKNOWN_INCOMING_CREDIT');
    return unknown.length >= files.unannouncedCredits.length ? items : null;
  });
  const { items } = await gateway.call<{ items: Check[] }>({ path: `/v1/audit/checks?businessDate=${date}`, token });
  const count = (verdict: string): number => items.filter((check) => check.verdict === verdict).length;
  story.tell(`Checks of ${date}: ${count('AGREES')} agree, ${count('DIFFERS')} differ, ${count('NOT_RUN')} were not run`, { who: 'audit' });
  for (const { check, kind, amount, state, evidence } of breaks) {
    const shown = Object.entries(evidence).map(([name, value]) => `${name} ${value}`);
    story.tell(`Break of ${check}: ${kind}, ${state}; ${shown.join(', ')}`, { amount, who: 'audit' });
  }
}

/** What each check says at the end of the day, and whether it says what it should: no break but the credits that nobody announced, and nothing left unchecked that has a feed. */
export async function checksPage({ files, gateway, people, accounts }: Day): Promise<{ readonly page: string; readonly areAsExpected: boolean }> {
  const { items } = await gateway.call<{ items: Check[] }>({ path: `/v1/audit/checks?businessDate=${files.day.date}`, token: people.operator.token });
  const breaks = items.reduce((sum, { breakCount }) => sum + breakCount, 0);
  const areAsExpected = breaks === files.unannouncedCredits.length && items.every(({ verdict, reason }) => verdict !== 'NOT_RUN' || reason === 'NO_FEED');
  const names = new Map(files.accounts.map(({ key, name }) => [accounts.get(key)?.id, name]));
  const page = table([
    ['Check', 'of', 'verdict', 'breaks', 'why'],
    ...items.map(({ check, subject, verdict, breakCount, reason }) => [check, names.get(subject ?? '') ?? subject ?? '', verdict, String(breakCount), reason ?? '']),
  ]);
  return { page, areAsExpected };
}
