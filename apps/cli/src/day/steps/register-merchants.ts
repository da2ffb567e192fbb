import type { Day } from '../day.ts';

export async function registerMerchants({ files, gateway, people, story }: Day): Promise<void> {
  const { token, displayName } = people.operator;
  await Promise.all(files.businessLines.map(({ code, ...body }) => gateway.call({ method: 'PUT', path: `/v1/business-lines/${code}`, token, body })));
  await Promise.all(
    files.merchants.map(({ id, name, priority }) => gateway.call({ method: 'PUT', path: `/v1/merchants/${id}`, token, body: { name, state: 'ACTIVE', priority } })),
  );
  const { items } = await gateway.call<{ items: unknown[] }>({ path: '/v1/merchants?limit=200', token });
  story.tell(`${items.length} merchants in ${files.businessLines.length} business lines`, { who: displayName });
}
