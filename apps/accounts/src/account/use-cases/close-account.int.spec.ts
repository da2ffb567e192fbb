import { AccountsWorld, LI_NA, WANG_WEI } from '../../accounts-world.builder.ts';
import { STATED_CHECKS } from '../domain/closing.ts';
import { StateClosingCheck } from './state-closing-check.ts';

let world: AccountsWorld;
beforeAll(async () => {
  world = await AccountsWorld.create();
});
afterAll(() => world.close());

const answersOf = async (id: string): Promise<Record<string, string>> => {
  const closing = await world.histories.lastClosing(id);
  return Object.fromEntries((closing?.answers ?? []).map(({ check, answer }) => [check, answer]));
};
const stateAllClear = async (id: string): Promise<void> => {
  for (const check of STATED_CHECKS) await world.state(id, { check, answer: 'CLEAR' });
};
const questions = async (id: string): Promise<unknown[]> => (await world.told(id)).filter(({ type }) => type === 'accounts.account-closing-cleared.v1');

test('a closing starts with nothing green that nobody has answered', async () => {
  const id = await world.anAccount();
  await world.act(id, { act: 'CLOSE' });

  expect(await world.account(id)).toMatchObject({ state: 'CLOSING' });
  expect(await answersOf(id)).toEqual({ OPEN_PAYOUTS: 'NOT_ASKED', OPEN_TRANSFERS: 'NOT_ASKED', BANK_BALANCE: 'NOT_ASKED', REGISTRATION: 'CLEAR', LEDGER_BALANCE: 'NOT_ASKED' });
  expect(await questions(id)).toEqual([]);
});

test('an account is closed once persons have stated what no service answers, and the ledger has closed its internal account', async () => {
  const id = await world.anAccount();
  await world.act(id, { act: 'CLOSE' });
  await stateAllClear(id);
  expect(await questions(id)).toMatchObject([{ data: { linkVersion: 2 } }]);
  expect(await answersOf(id)).toMatchObject({ LEDGER_BALANCE: 'ASKED' });

  await world.answer(id, { link: 'CLOSED' });
  await world.answer(id, { link: 'CLOSED' });

  expect(await world.account(id)).toMatchObject({ state: 'CLOSED', linkState: 'CLOSED' });
  expect(await world.histories.lastClosing(id)).toMatchObject({ outcome: 'CLOSED', priorState: 'ACTIVE', refusal: null });
  expect((await world.acts(id)).slice(-4)).toEqual(['CLOSING_STARTED', 'CLOSING_CLEARED', 'LINK_ANSWERED', 'CLOSED']);
  expect((await world.told(id)).at(-1)).toMatchObject({ data: { from: 'CLOSING', to: 'CLOSED' } });
});

test('money in the ledger reopens the account, says why, and it may be closed again later', async () => {
  const id = await world.anAccount();
  await world.act(id, { act: 'CLOSE' });
  await stateAllClear(id);
  await world.answer(id, { link: 'REFUSED', reason: 'BALANCE_NOT_ZERO' });

  expect(await world.account(id)).toMatchObject({ state: 'ACTIVE', linkState: 'CONFIRMED' });
  expect(await world.histories.lastClosing(id)).toMatchObject({ outcome: 'REOPENED', refusal: 'LEDGER_BALANCE: BALANCE_NOT_ZERO' });

  await world.act(id, { act: 'CLOSE' });
  expect(await answersOf(id)).toMatchObject({ BANK_BALANCE: 'NOT_ASKED', LEDGER_BALANCE: 'NOT_ASKED' });
});

test('a person who finds an open instruction reopens a frozen account as frozen, and the ledger freezes again', async () => {
  const id = await world.anAccount();
  await world.act(id, { act: 'FREEZE' });
  await world.answer(id);
  await world.act(id, { act: 'CLOSE' });
  await world.answer(id);

  await world.state(id, { check: 'OPEN_PAYOUTS', answer: 'REFUSED', evidence: 'payout P-1 waits', actor: WANG_WEI });

  expect(await world.account(id)).toMatchObject({ state: 'FROZEN', linkState: 'REQUESTED' });
  expect(await world.histories.lastClosing(id)).toMatchObject({ outcome: 'REOPENED', refusal: 'OPEN_PAYOUTS: payout P-1 waits' });
  expect((await world.told(id)).slice(-2).map(({ data }) => [data['from'], data['to'], data['linkVersion']])).toEqual([
    ['FROZEN', 'CLOSING', 3],
    ['CLOSING', 'FROZEN', 4],
  ]);
});

test('an account that UnionPay still holds waits until the withdrawal is confirmed', async () => {
  const id = await world.anAccount();
  await world.act(id, { act: 'REGISTER', step: { event: 'request' } });
  await world.act(id, { act: 'REGISTER', step: { event: 'confirm', fundingAccountRef: 'TC-9' } });
  await world.act(id, { act: 'CLOSE' });
  await stateAllClear(id);
  expect(await answersOf(id)).toMatchObject({ REGISTRATION: 'ASKED', LEDGER_BALANCE: 'NOT_ASKED' });

  await world.act(id, { act: 'REGISTER', step: { event: 'withdraw' } });
  expect(await questions(id)).toEqual([]);
  await world.act(id, { act: 'REGISTER', step: { event: 'confirm-withdrawal' } });

  expect(await answersOf(id)).toMatchObject({ REGISTRATION: 'CLEAR', LEDGER_BALANCE: 'ASKED' });
  expect(await questions(id)).toHaveLength(1);
});

test('the last statements made at once by two persons ask the ledger once', async () => {
  const id = await world.anAccount();
  await world.act(id, { act: 'CLOSE' });
  await world.state(id, { check: 'OPEN_PAYOUTS', answer: 'CLEAR' });

  await Promise.all([world.state(id, { check: 'OPEN_TRANSFERS', answer: 'CLEAR' }), world.state(id, { check: 'BANK_BALANCE', answer: 'CLEAR', actor: WANG_WEI })]);

  expect(await questions(id)).toHaveLength(1);
});

test('a check is stated once, and only while the account is closing', async () => {
  const id = await world.anAccount();
  await expect(world.state(id, { check: 'BANK_BALANCE', answer: 'CLEAR' })).rejects.toMatchObject({ code: 'CLOSING_NOT_FOUND' });
  await world.act(id, { act: 'CLOSE' });
  await world.state(id, { check: 'BANK_BALANCE', answer: 'CLEAR' });

  await expect(world.state(id, { check: 'BANK_BALANCE', answer: 'REFUSED' })).rejects.toMatchObject({ code: 'CLOSING_CHECK_DECIDED' });
});

test('a crash at any step leaves the step before it, and doing it again goes on from there', async () => {
  const id = await world.anAccount();
  const approvalId = await world.propose(id, { act: 'CLOSE' });
  const crash = new Error('the process ends here');
  const steps = [
    (): Promise<unknown> => world.decide('approve', approvalId),
    ...STATED_CHECKS.map((check) => (): Promise<unknown> => world.state(id, { check, answer: 'CLEAR' })),
    (): Promise<unknown> => world.answer(id, { link: 'CLOSED' }),
  ];

  for (const step of steps) {
    const before = { account: await world.account(id), answers: await answersOf(id), told: await world.told(id) };
    const transaction = world.transaction.bind(world);
    world.transaction = (work) =>
      transaction(async (tx) => {
        await work(tx);
        throw crash;
      });
    await expect(step()).rejects.toBe(crash);
    world.transaction = transaction;
    expect({ account: await world.account(id), answers: await answersOf(id), told: await world.told(id) }).toEqual(before);

    await step();
  }

  expect(await world.account(id)).toMatchObject({ state: 'CLOSED', linkState: 'CLOSED' });
  expect(await questions(id)).toHaveLength(1);
});

test('the database takes no answer to an unasked check without a person and evidence', async () => {
  const id = await world.anAccount();
  await world.act(id, { act: 'CLOSE' });
  const closing = await world.histories.lastClosing(id);
  const sql = `INSERT INTO account_closing_answer (closing_id, sequence, closing_check, answer, answered_at) VALUES ($1, 99, 'BANK_BALANCE', 'CLEAR', '2026-11-21')`;

  await expect(world.database.query(sql, [closing?.id])).rejects.toMatchObject({ code: '23514' });
});

test('a statement that names nobody\'s closing leaves no trace', async () => {
  const statement = { check: 'BANK_BALANCE', answer: 'CLEAR', evidence: 'x', actor: LI_NA } as const;
  const unknown = world.transaction((tx) => world.module.get(StateClosingCheck).execute(tx, '01993c1e-0000-7000-8000-00000000dead', statement));

  await expect(unknown).rejects.toMatchObject({ code: 'ACCOUNT_NOT_FOUND' });
});
