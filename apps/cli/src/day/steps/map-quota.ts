import type { Day } from '../day.ts';
import { waitFor } from '../wait-for.ts';

const MAPPED_WITHIN_MS = 30_000;

interface Position {
  readonly clearingHouse: string;
  readonly mappedQuota: string;
}

/** The policy of the day comes into force by two persons; then an operator maps what it leaves above the buffer (F7). */
export async function mapQuota({ files, gateway, people, story }: Day): Promise<void> {
  const { operator, approver } = people;
  const proposal = { effectiveOn: files.day.date, content: files.quota.policy, reason: 'The sample day' };
  const { id } = await gateway.call<{ id: string }>({ method: 'POST', path: '/v1/quotas/policy/proposals', token: operator.token, body: proposal });
  await gateway.call({ method: 'POST', path: `/v1/quotas/policy/proposals/${id}/approve`, token: approver.token });
  const { version } = await gateway.call<{ version: number }>({ path: '/v1/quotas/policy', token: operator.token });
  story.tell(`Quota policy ${version} is in force`, { who: people.makerAndChecker });
  for (const [clearingHouse, amount] of Object.entries(files.quota.mapping)) {
    if (amount === '0.00') continue;
    await waitFor(`the quota at ${clearingHouse} is known`, MAPPED_WITHIN_MS, () => positionOf(clearingHouse));
    await gateway.call({ method: 'POST', path: '/v1/quotas/adjustments', token: operator.token, body: { clearingHouse, direction: 'INCREASE', amount, reason: 'Mapped for the day' } });
    const mapped = await waitFor(`quota is mapped to ${clearingHouse}`, MAPPED_WITHIN_MS, async () => {
      const position = await positionOf(clearingHouse);
      return position?.mappedQuota === amount ? position.mappedQuota : null;
    });
    story.tell(`Quota is mapped to ${clearingHouse}: asked for, accepted, told by notice`, { amount: mapped, who: operator.displayName });
  }

  async function positionOf(clearingHouse: string): Promise<Position | null> {
    const { items } = await gateway.call<{ items: Position[] }>({ path: '/v1/quotas', token: operator.token });
    return items.find((item) => item.clearingHouse === clearingHouse) ?? null;
  }
}
