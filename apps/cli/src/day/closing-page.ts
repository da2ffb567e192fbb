import { parseAmount } from '@jinku/money';
import { checkerVerdict, closedBooks } from '../demo/closing.ts';
import { seconds } from '../demo/demo-stack.ts';
import type { TrialBalance } from '../demo/institution.ts';
import type { Screen } from '../demo/screen.ts';
import { isBalanced, payoutTable, trialBalanceTable } from '../demo/tables.ts';
import type { Stack } from '../stack/stack.ts';
import type { Day } from './day.ts';
import { plot, type PlotSeries } from './plot.ts';
import { positionBoard } from './position-board.ts';
import { checksPage } from './steps/reconcile.ts';
import { clockText, instantOf } from './timetable.ts';

const PLOT_COLUMNS = 84;
const PLOT_ROWS = 12;
const PAGE_LIMIT = 200;
const UNFINISHED_SHOWN_MAX = 10;
const MARKS = { NETSUNION: 'N', UNIONPAY: 'U' } as const;

interface HistoryPage {
  readonly items: readonly { readonly railAvailable: string; readonly asOf: string }[];
  readonly next: string | null;
}

/** How the day ended, and whether all of it holds; every violation is a failure of the command. */
export async function closingPage(day: Day, { stack, screen }: { stack: Stack; screen: Screen }): Promise<boolean> {
  const { fates, gateway, people, files } = day;
  const unfinished = fates.unfinished();
  const trial = await closedBooks(() => gateway.call<TrialBalance>({ path: '/v1/trial-balance', token: people.operator.token }), { areExpected: unfinished.length === 0 });
  screen.say(`\nPositions\n${await positionBoard(day)}`);
  screen.say(`\nPayouts by line and outcome\n${payoutTable(fates.byLine())}`);
  screen.say(`\nAvailable quota over ${files.day.date}, CNY, as the clearing houses told it\n${(await quotaPlot(day)).join('\n')}`);
  screen.say(`\nTrial balance\n${trialBalanceTable(trial)}\n`);
  const checks = await checksPage(day);
  screen.say(`Checks of ${files.day.date}\n${checks.page}\n`);
  if (!checks.areAsExpected) screen.say('The audit has found other breaks than the credits that nobody announced, or could not check what it has a feed for.');
  if (unfinished.length > 0) {
    const shown = unfinished.slice(0, UNFINISHED_SHOWN_MAX).join(', ');
    screen.say(`${unfinished.length} payouts have no final fate: ${shown}${unfinished.length > UNFINISHED_SHOWN_MAX ? ', …' : ''}`);
  }
  if (!isBalanced(trial)) screen.say('The trial balance does not balance.');
  const verdict = await checkerVerdict(stack, screen);
  const isClean = unfinished.length === 0 && isBalanced(trial) && checks.areAsExpected && verdict === 0;
  screen.say(isClean ? `Clean: the day is closed and everything agrees. ${seconds()} in all.` : 'Not clean: see above.');
  return isClean;
}

async function quotaPlot({ gateway, people, files }: Day): Promise<string[]> {
  const { date, startsAt, endsAt } = files.day;
  const series: PlotSeries[] = [];
  for (const [house, mark] of Object.entries(MARKS)) {
    const points = [];
    for (let next: string | null = '', isFirst = true; isFirst || next !== null; isFirst = false) {
      const after: string = isFirst ? '' : `&after=${next}`;
      const page: HistoryPage = await gateway.call<HistoryPage>({ path: `/v1/quotas/${house}/history?limit=${PAGE_LIMIT}${after}`, token: people.operator.token });
      points.push(...page.items.map(({ railAvailable, asOf }) => ({ at: Date.parse(asOf), minor: parseAmount(railAvailable) ?? 0n })));
      next = page.next;
    }
    if (points.length > 0) series.push({ name: house, mark, points: points.sort((a, b) => a.at - b.at) });
  }
  const [from, until] = [instantOf(date, startsAt).getTime(), instantOf(date, endsAt).getTime()];
  return plot(series, { from, until, columns: PLOT_COLUMNS, rows: PLOT_ROWS, labelOf: (at) => clockText(date, new Date(at)).trim() });
}
