import type { Day } from '../day.ts';

const CLIENT_FUNDS_PAYABLE = '2001';
const OWN_CAPITAL = '3001';

/** What each account holds in the morning, as an entry of two persons: against what we owe to clients, or against our own capital. */
export async function postOpeningBalances({ files, gateway, people, story, accounts }: Day): Promise<void> {
  for (const { key, name, owner, openingBalance } of files.accounts) {
    const internal = accounts.get(key)?.internalAccountCode;
    if (internal === undefined || openingBalance === '0.00') continue;
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
    story.tell(`${name} opens the day with`, { amount: balance, who: people.makerAndChecker });
  }
}
