import type { Day } from '../day.ts';

/** The rules of transfer-rules.json: each proposed by one person and put in force by another. */
export async function approveTransferRules({ files, gateway, people, story, accounts }: Day): Promise<void> {
  for (const { payer, payee, ...rest } of files.transferRules) {
    const content = { ...rest, payerAccountId: accounts.get(payer)?.id, payeeAccountId: accounts.get(payee)?.id, effectiveFrom: files.day.date };
    const proposed = { method: 'POST', path: '/v1/transfer-rules', token: people.operator.token, body: { content, reason: 'The sample day' } } as const;
    const { id, ruleId } = await gateway.call<{ id: string; ruleId: string }>(proposed);
    await gateway.call({ method: 'POST', path: `/v1/transfer-rules/proposals/${id}/approve`, token: people.approver.token, body: { reason: 'Checked' } });
    const { version } = await gateway.call<{ version: number }>({ path: `/v1/transfer-rules/${ruleId}`, token: people.operator.token });
    story.tell(`Transfer rule ${rest.name} is in force in version ${version}`, { who: people.makerAndChecker });
  }
}
