import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { accountDescribedV1 } from '@jinku/contracts';
import { AccountsWorld } from '../../accounts-world.builder.ts';

let world: AccountsWorld;

beforeAll(async () => {
  world = await AccountsWorld.create();
});
afterAll(() => world.close());

test('each change of an account tells it whole, under a version that grows by one', async () => {
  const id = await world.anAccount();
  await world.act(id, { act: 'CHANGE', change: { name: '收入账户' }, effectiveOn: null });
  await world.answer(id);
  await world.act(id, { act: 'FREEZE' });
  await world.act(id, { act: 'CHANGE', change: { connectorType: 'NETSUNION', secondaryConnectors: [{ capability: 'QUOTA', connectorType: 'NETSUNION' }] }, effectiveOn: null });

  const told = await world.described(id);

  expect(told.map(({ version, state, isUsable, name }) => [version, state, isUsable, name])).toEqual([
    [1, 'PENDING_OPEN', false, '自有资金账户'],
    [2, 'PENDING_OPEN', false, '自有资金账户'],
    [3, 'ACTIVE', true, '自有资金账户'],
    [4, 'ACTIVE', false, '收入账户'],
    [5, 'ACTIVE', true, '收入账户'],
    [6, 'FROZEN', false, '收入账户'],
    [7, 'FROZEN', false, '收入账户'],
  ]);
  expect(told.at(-1)).toMatchObject({ connectorType: 'NETSUNION', bindings: [{ use: 'QUOTA', connectorType: 'NETSUNION' }] });
  expect(told.filter((one) => !accountDescribedV1.schema.safeParse(one).success)).toEqual([]);
});

test('the number is told in full, for whoever moves money needs it, and the flag that R3 asks for', async () => {
  const accountNumber = '6222023000000001';
  const { id } = await world.request({ accountNumber, isFiled: true });

  expect(await world.described(id)).toMatchObject([{ accountNumber, isFiled: true, owner: 'OWN', accountClass: 'OWN_FUND', bankCode: '102100099996' }]);
});

test('a change that is undone is not told', async () => {
  const id = await world.anAccount();
  const before = await world.described(id);
  const approvalId = await world.propose(id, { act: 'FREEZE' });

  const undone = world.transaction(async (tx) => {
    await world.decideIn(tx, 'approve', approvalId);
    throw new Error('the process dies here');
  });

  await expect(undone).rejects.toThrow('the process dies here');
  expect(await world.described(id)).toEqual(before);
});
