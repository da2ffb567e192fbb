import type { Day } from '../day.ts';
import { BANK_OF_CONNECTOR } from '../day-accounts.ts';

/** The other side of the day: what the central bank and the banks hold for the institution when it begins. */
export async function arrangeRails({ files, rail }: Day): Promise<void> {
  await Promise.all(
    files.accounts.map(async ({ accountClass, name, bankCode, accountNumber, connectorType, openingBalance }) => {
      if (accountClass === 'CENTRAL_RESERVE') {
        await rail.call({ method: 'PUT', path: '/admin/central-bank/reserve', body: { accountNumber, accountName: name, bankCode, openingBalance } });
        return;
      }
      const bank = BANK_OF_CONNECTOR.get(connectorType ?? '');
      await rail.call({ method: 'PUT', path: `/admin/banks/${bank}/accounts/${accountNumber}`, body: { accountName: name, openingBalance } });
    }),
  );
}
