import { payoutRequest, type PayoutRequest } from '@jinku/contracts';
import { formatAmount, parseAmount } from '@jinku/money';
import type { Day } from '../day.ts';
import { PAYOUT_FILE } from '../day-files.ts';

/** The rows of a merchant's file in one batch: Jinku admits the good ones and refuses each bad one by field and rule. */
export async function sendPayoutFile({ files, client, story, fates, acknowledgements }: Day): Promise<void> {
  const requests = files.payoutFile.map(({ values }) => {
    const { accountNumber, accountName, bankCode, ...rest } = values;
    return { ...rest, currency: 'CNY', payee: { accountNumber, accountName, bankCode } } as unknown as PayoutRequest;
  });
  const { rows } = await client.requestBatch(requests);
  const admitted = rows.filter(({ payoutId }) => payoutId !== undefined);
  const known = admitted.map(({ index }) => payoutRequest.parse(requests[index]));
  fates.expect(known);
  await acknowledgements.record(admitted.map(({ requestId = '', payoutId = null }) => ({ requestId, payoutId })), 'BATCH');
  const amount = formatAmount(known.reduce((sum, { amount: one }) => sum + (parseAmount(one) ?? 0n), 0n));
  story.tell(`${PAYOUT_FILE}: ${admitted.length} of ${rows.length} rows are taken`, { amount, who: 'settlement' });
  for (const { index, refusal } of rows) {
    if (refusal === undefined) continue;
    const [violation] = refusal.violations;
    const why = violation === undefined ? refusal.code : `${violation.field} ${violation.rule}`;
    story.tell(`${PAYOUT_FILE} line ${files.payoutFile[index]?.line ?? '?'} is refused: ${why}`, { who: 'Jinku' });
  }
}
