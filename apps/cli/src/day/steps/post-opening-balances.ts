import type { Day } from '../day.ts';
import type { DayAccount } from '../day-accounts.ts';

const CLIENT_FUNDS_PAYABLE = '2001';
const OWN_CAPITAL = '3001';

/** What each account holds in the morning, as an entry of two persons: against what we owe to clients, or against our own capital. */
export async function postOpeningBalances(day: Day): Promise<void> {
  const posted = await Promise.all(day.files.accounts.map(async (account) => ({ name: account.name, balance: await postOpeningBalance(day, account) })));
  for (const { name, balance } of posted) {
    if (balance !== null) day.story.tell(`${name} opens the day with`, { amount: balance, who: day.people.makerAndChecker });
  }
}

/** The balance as the ledger then tells it; null for an account that begins empty. */
async function postOpeningBalance({ files, gateway, people, accounts }: Day, { key, name, owner, openingBalance }: DayAccount): Promise<string | null> {
  const internal = accounts.get(key)?.internalAccountCode;
  if (internal === undefined || openingBalance === '0.00') return null;
  const body = {
    reference: `OPENING-${key}`,
    valueDate: files.day.date,
    reason: `Opening balance of the sample day: ${name}`,
    lines: [
      { account: internal, side: 'DEBIT', amount: openingBalance },
      { account: owner === 'CLIENT' ? CLIENT_FUNDS_PAYABLE : OWN_CAPITAL, side: 'CREDIT', amount: openingBalance },
    ],
  };
  const { proposalId } = await gateway.call<{ proposalId: string }>({ method: 'POST', path: '/v1/journal-entries', token: people.operator.token, body });
  await gateway.call({ method: 'POST', path: `/v1/journal-entries/proposals/${proposalId}/approve`, token: people.approver.token });
  const { balance } = await gateway.call<{ balance: string }>({ path: `/v1/internal-accounts/${internal}/balance`, token: people.operator.token });
  return balance;
}
