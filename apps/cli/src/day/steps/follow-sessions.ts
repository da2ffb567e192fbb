import type { ClearingHouse } from '@jinku/contracts';
import { formatAmount, parseAmount } from '@jinku/money';
import type { Day } from '../day.ts';
import { waitFor } from '../wait-for.ts';

const ADVANCED_WITHIN_MS = 60_000;
const HAS_RESULT: ReadonlySet<string> = new Set(['CONFIRMED', 'DISPUTED', 'SETTLED']);

interface Figures {
  readonly payouts: string;
  readonly returns: string;
  readonly receipts: string;
}

interface Session {
  readonly clearingHouse: string;
  readonly clearingDate: string;
  readonly state: string;
  readonly own: Figures;
  readonly result: Figures | null;
}

/** After its cut a house tells the session's result, which has to be what we counted. */
export async function confirmSession(day: Day, clearingHouse: ClearingHouse): Promise<void> {
  const session = await sessionIn(day, { clearingHouse, states: HAS_RESULT });
  const { payouts, returns, receipts } = session.result ?? session.own;
  day.story.tell(`${clearingHouse} has cut its session of ${session.clearingDate}: payouts ${payouts}, returns ${returns}, receipts ${receipts}; ${session.state}`, { amount: netOf(session), who: 'quotas' });
  if (session.state === 'DISPUTED') throw new Error(`${clearingHouse} counts the session of ${session.clearingDate} otherwise than we do: ${JSON.stringify(session.own)}`);
}

/** The day after, the net of each session moves the central reserve, and the quota follows. */
export async function settleSessions(day: Day): Promise<void> {
  for (const clearingHouse of ['UNIONPAY', 'NETSUNION'] as const) {
    const session = await sessionIn(day, { clearingHouse, states: new Set(['SETTLED']) });
    day.story.tell(`The net of ${clearingHouse}'s session of ${session.clearingDate} has moved the central reserve`, { amount: netOf(session), who: 'quotas' });
  }
}

async function sessionIn({ gateway, people, files }: Day, { clearingHouse, states }: { clearingHouse: ClearingHouse; states: ReadonlySet<string> }): Promise<Session> {
  const path = `/v1/quotas/sessions?clearingHouse=${clearingHouse}&limit=20`;
  return await waitFor(`${clearingHouse}'s session is ${[...states].join(' or ')}`, ADVANCED_WITHIN_MS, async () => {
    const { items } = await gateway.call<{ items: Session[] }>({ path, token: people.operator.token });
    return items.find(({ clearingDate, state }) => clearingDate === files.day.date && states.has(state)) ?? null;
  });
}

function netOf({ result, own }: Session): string {
  const { payouts, returns, receipts } = result ?? own;
  const [out, back, came] = [payouts, returns, receipts].map((text) => parseAmount(text) ?? 0n) as [bigint, bigint, bigint];
  const net = came + back - out;
  return net < 0n ? `-${formatAmount(-net)}` : formatAmount(net);
}
