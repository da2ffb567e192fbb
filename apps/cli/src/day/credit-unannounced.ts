import type { Day } from './day.ts';
import { BANK_OF_CONNECTOR } from './day-accounts.ts';

/** Third parties pay into our accounts without a word to anybody: the audit has to find these credits. */
export async function creditUnannounced({ files, clock, rail }: Day, signal: AbortSignal): Promise<void> {
  for (const { at, account: key, ...entry } of files.unannouncedCredits) {
    await clock.until(at, signal).catch(() => undefined);
    if (signal.aborted) return;
    const account = files.accounts.find((one) => one.key === key);
    const bank = BANK_OF_CONNECTOR.get(account?.connectorType ?? '');
    await rail.call({ method: 'POST', path: `/admin/banks/${bank}/accounts/${account?.accountNumber}/entries`, body: { kind: 'CREDIT', ...entry } });
  }
}
