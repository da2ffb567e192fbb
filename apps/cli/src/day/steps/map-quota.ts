import type { Day } from '../day.ts';
import { positionsOf } from '../position-board.ts';
import { waitFor } from '../wait-for.ts';

const MAPPED_WITHIN_MS = 60_000;

/** The policy of the day comes into force by two persons; from then on it maps quota to each house out of the reserve. */
export async function putPolicyInForce({ files, gateway, people, story }: Day): Promise<void> {
  const { operator, approver } = people;
  const proposal = { effectiveOn: files.day.date, content: files.quotaPolicy, reason: 'The sample day' };
  const { id } = await gateway.call<{ id: string }>({ method: 'POST', path: '/v1/quotas/policy/proposals', token: operator.token, body: proposal });
  await gateway.call({ method: 'POST', path: `/v1/quotas/policy/proposals/${id}/approve`, token: approver.token });
  const { version } = await gateway.call<{ version: number }>({ path: '/v1/quotas/policy', token: operator.token });
  story.tell(`Quota policy ${version} is in force`, { who: people.makerAndChecker });
}

/** What the policy has mapped to each house; the rest stays in the buffer (F7). */
export async function awaitMapping(day: Day): Promise<void> {
  const { files, story } = day;
  for (const [clearingHouse, { initialMapping }] of Object.entries(files.quotaPolicy.houses)) {
    const mapped = await waitFor(`the policy maps quota to ${clearingHouse}`, MAPPED_WITHIN_MS, async () => {
      const { houses } = await positionsOf(day);
      return houses.find((house) => house.clearingHouse === clearingHouse && house.mappedQuota === initialMapping)?.mappedQuota ?? null;
    });
    story.tell(`The policy has mapped quota to ${clearingHouse}`, { amount: mapped, who: 'quotas' });
  }
  const { buffer } = await positionsOf(day);
  story.tell('In the buffer stays, unallocated', { amount: buffer.unallocatedBuffer ?? '0.00', who: 'quotas' });
}
