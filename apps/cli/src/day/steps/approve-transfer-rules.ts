import type { Day } from '../day.ts';
import type { DayTransferRule } from '../day-transfer-rules.ts';

/** The rules of transfer-rules.json: each proposed by one person and put in force by another. */
export async function approveTransferRules(day: Day): Promise<void> {
  for (const rule of day.files.transferRules) {
    const { version } = await putRuleInForce(day, rule);
    day.story.tell(`Transfer rule ${rule.name} is in force in version ${version}`, { who: day.people.makerAndChecker });
  }
}

/** Proposed by the operator and approved by the approver; what names accounts by their keys goes out with their ids. */
export async function putRuleInForce({ files, gateway, people, accounts }: Day, { payer, payee, ...rest }: DayTransferRule): Promise<{ ruleId: string; version: number }> {
  const content = { ...rest, payerAccountId: accounts.get(payer)?.id, payeeAccountId: accounts.get(payee)?.id, effectiveFrom: files.day.date };
  const proposed = { method: 'POST', path: '/v1/transfer-rules', token: people.operator.token, body: { content, reason: 'The sample day' } } as const;
  const { id, ruleId } = await gateway.call<{ id: string; ruleId: string }>(proposed);
  await gateway.call({ method: 'POST', path: `/v1/transfer-rules/proposals/${id}/approve`, token: people.approver.token, body: { reason: 'Checked' } });
  const { version } = await gateway.call<{ version: number }>({ path: `/v1/transfer-rules/${ruleId}`, token: people.operator.token });
  return { ruleId, version };
}
