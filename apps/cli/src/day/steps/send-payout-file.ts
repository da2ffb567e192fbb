import { payoutRequest } from '@jinku/contracts';
import { formatAmount, parseAmount } from '@jinku/money';
import type { CsvRow } from '../../demo/csv.ts';
import type { Day } from '../day.ts';
import { PAYOUT_FILE } from '../day-files.ts';

/** A merchant's file: Jinku admits the good rows and refuses each bad one by row and column. */
export async function sendPayoutFile({ files, client, story, fates, acknowledgements }: Day): Promise<void> {
  const { text, rows } = files.payoutFile;
  const { accepted, refused, rows: count } = await client.requestFile(text);
  const refusedRows = new Set(refused.map(({ row }) => row));
  const admitted = rows.filter(({ line }) => !refusedRows.has(line)).map(requestOf);
  if (admitted.length !== accepted) throw new Error(`${PAYOUT_FILE}: ${accepted} rows were taken, and ${admitted.length} were not refused`);
  fates.expect(admitted);
  await acknowledgements.record(admitted.map(({ requestId }) => ({ requestId, payoutId: null })), 'BATCH');
  const amount = formatAmount(admitted.reduce((sum, one) => sum + (parseAmount(one.amount) ?? 0n), 0n));
  story.tell(`${PAYOUT_FILE}: ${accepted} of ${count} rows are taken`, { amount, who: 'settlement' });
  for (const { row, refusal } of refused) {
    const why = refusal.violations.map(({ field, rule }) => `${field} ${rule}`).join('; ');
    story.tell(`${PAYOUT_FILE} row ${row} is refused: ${why === '' ? refusal.code : why}`, { who: 'payouts' });
  }
}

function requestOf({ values }: CsvRow): ReturnType<typeof payoutRequest.parse> {
  const { accountNumber, accountName, bankCode, ...rest } = values;
  return payoutRequest.parse({ ...rest, currency: 'CNY', payee: { accountNumber, accountName, bankCode } });
}
