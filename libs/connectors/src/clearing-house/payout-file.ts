import type { AnswerDetail } from '../payout-rail.ts';
import { PayoutFileBroken, type PayoutFileLine } from '../session-rail.ts';
import type { PayoutFilePage } from './house-protocol.ts';

interface NextPage {
  readonly what: PayoutFilePage | null;
  readonly detail: AnswerDetail;
}

/** Every line of the bill, page after page; at the end the lines must come to what the first page's head says. */
export async function* linesOf(first: PayoutFilePage, read: (after: string) => Promise<NextPage>): AsyncGenerator<PayoutFileLine> {
  const left = { lines: first.lineCount, SUCCEEDED: first.payoutsMinor, RETURNED: first.returnsMinor };
  let page = first;
  for (;;) {
    for (const line of page.lines) {
      left.lines -= 1;
      left[line.status] -= line.amountMinor;
      yield line;
    }
    // A house that repeats pages, or sends empty ones, for ever would never come to its end.
    if (page.next === null || page.lines.length === 0 || left.lines < 0) break;
    const { what, detail } = await read(page.next);
    if (what === null) throw new PayoutFileBroken(detail);
    page = what;
  }
  if (left.lines !== 0 || left.SUCCEEDED !== 0n || left.RETURNED !== 0n) throw new PayoutFileBroken('TOTALS_DISAGREE');
}
