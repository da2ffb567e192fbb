import type { Day, RegisteredAccount } from '../day.ts';
import type { DayAccount } from '../day-accounts.ts';
import { waitFor } from '../wait-for.ts';

const LINKED_WITHIN_MS = 20_000;
const REASON = 'The sample day';

interface AccountView {
  readonly state: string;
  readonly internalAccountCode: string | null;
  readonly maskedNumber: string;
}

interface OpenedAccount {
  readonly registered: RegisteredAccount;
  readonly maskedNumber: string;
}

/** Connector types first, then the accounts that pick them: each proposed by one person and approved by another, then linked by the ledger. */
export async function openAccounts(day: Day): Promise<void> {
  const { files, people, story } = day;
  const codes = Object.keys(files.connectorTypes);
  await Promise.all(codes.map((code) => approveConnectorType(day, code)));
  story.tell(`Connector types in force: ${codes.join(', ')}`, { who: people.makerAndChecker });
  const opened = await Promise.all(files.accounts.map(async (account) => ({ account, ...(await openAccount(day, account)) })));
  for (const { account, registered, maskedNumber } of opened) {
    day.accounts.set(account.key, registered);
    story.tell(`${account.name} (${account.accountClass}, ${maskedNumber}) is active and linked to ${registered.internalAccountCode}`, { who: people.makerAndChecker });
  }
}

async function approveConnectorType({ files, gateway, people }: Day, code: string): Promise<void> {
  const body = { content: files.connectorTypes[code], reason: REASON };
  const { approvalId } = await gateway.call<{ approvalId: string }>({ method: 'POST', path: `/v1/connector-types/${code}/versions`, token: people.operator.token, body });
  await gateway.call({ method: 'POST', path: `/v1/connector-types/proposals/${approvalId}/approve`, token: people.approver.token, body: { note: 'Checked' } });
}

async function openAccount({ gateway, people, clock }: Day, account: DayAccount): Promise<OpenedAccount> {
  const { key: _, openingBalance: __, ...terms } = account;
  const body = { ...terms, validFrom: new Date(clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10), reason: REASON };
  const { approvalId } = await gateway.call<{ approvalId: string }>({ method: 'POST', path: '/v1/accounts', token: people.operator.token, body });
  const approval = { method: 'POST', path: `/v1/accounts/proposals/${approvalId}/approve`, token: people.approver.token, body: { note: 'Checked' } } as const;
  const { accountId } = await gateway.call<{ accountId: string }>(approval);
  return await waitFor(`${account.name} is active`, LINKED_WITHIN_MS, async () => {
    const { state, internalAccountCode, maskedNumber } = await gateway.call<AccountView>({ path: `/v1/accounts/${accountId}`, token: people.operator.token });
    return state === 'ACTIVE' && internalAccountCode !== null ? { registered: { id: accountId, internalAccountCode }, maskedNumber } : null;
  });
}
