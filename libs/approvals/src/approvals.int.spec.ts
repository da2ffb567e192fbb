import type { Database } from '@jinku/persistence';
import { testDatabase, type TestDatabase } from '@jinku/testing';
import { approvalTableSql, Approvals, type Approval } from './index.ts';

const at = new Date('2026-11-21T02:00:00Z');
const later = new Date('2026-11-21T03:00:00Z');
const approvals = new Approvals();
const IDS = Array.from({ length: 60 }, (_, index) => `01993c1e-0000-7000-8000-${String(index).padStart(12, '0')}`);

let database: TestDatabase;
let service: Database;
let used = 0;

beforeAll(async () => {
  database = await testDatabase({ services: [{ name: 'probe', sql: approvalTableSql('jinku_probe') }] });
  service = await database.open('probe');
});
afterAll(() => database.drop());

async function aProposal(expiresAt = new Date('2026-11-22T02:00:00Z'), fields: { kind?: string; stepsRequired?: number } = {}): Promise<string> {
  const id = IDS[used++] as string;
  const proposal = { id, kind: 'probe.act', subject: 'thing', payload: { amount: '1.00' }, makerId: 'li-na', reason: 'needed', proposedAt: at, expiresAt, ...fields };
  await service.transaction((tx) => approvals.propose(tx, proposal));
  return id;
}
const approve = (id: string, personId: string, when = later): Promise<Approval> =>
  service.transaction((tx) => approvals.approve(tx, id, { personId, at: when }));

test('of two checkers who decide at once one wins and the other is told', async () => {
  const id = await aProposal();
  const reject = service.transaction((tx) => approvals.reject(tx, id, { personId: 'zhao-min', at: later }));

  const outcomes = await Promise.allSettled([approve(id, 'wang-wei'), reject, approve(id, 'chen-jing')]);

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'ALREADY_DECIDED' });
  }
});

test('an approved proposal comes back with what is to be carried out, and is undone with the transaction that fails to do so', async () => {
  const id = await aProposal();
  const failing = service.transaction(async (tx) => {
    await approvals.approve(tx, id, { personId: 'wang-wei', at: later });
    throw new Error('could not be carried out');
  });
  await expect(failing).rejects.toThrow('could not be carried out');

  expect(await approvals.find(service, id)).toMatchObject({ state: 'PROPOSED', checkerId: null });
  expect(await approve(id, 'wang-wei')).toMatchObject({ state: 'APPROVED', checkerId: 'wang-wei', payload: { amount: '1.00' } });
});

test('the maker cannot check, whatever the login: it is the person that counts', async () => {
  const id = await aProposal();

  await expect(approve(id, 'li-na')).rejects.toMatchObject({ code: 'MAKER_CANNOT_CHECK' });

  expect(await approvals.find(service, id)).toMatchObject({ state: 'PROPOSED' });
});

test('the database refuses a maker who checks, also past our own code', async () => {
  const id = await aProposal();
  const past = service.query(`UPDATE approval SET state = 'APPROVED', checker_id = maker_id, decided_at = $2 WHERE id = $1`, [id, later]);

  await expect(past).rejects.toMatchObject({ code: '23514' });
});

test.each(['payload = \'{}\'', 'maker_id = \'x\'', 'expires_at = expires_at', 'reason = \'x\''])('the service cannot rewrite a proposal: SET %s', async (change) => {
  await expect(service.query(`UPDATE approval SET ${change}`)).rejects.toMatchObject({ code: '42501' });
});

test('the service cannot remove a proposal', async () => {
  await expect(service.query('DELETE FROM approval')).rejects.toMatchObject({ code: '42501' });
});

test('an expired proposal and one that does not exist are refused', async () => {
  const id = await aProposal(later);

  await expect(approve(id, 'wang-wei', later)).rejects.toMatchObject({ code: 'APPROVAL_EXPIRED' });
  await expect(approve('01993c1e-0000-7000-8000-ffffffffffff', 'wang-wei')).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND' });
});

test('a proposal of three steps needs three other persons, and is carried out with the third', async () => {
  const id = await aProposal(undefined, { stepsRequired: 3 });

  const first = await approve(id, 'wang-wei');
  await expect(approve(id, 'wang-wei')).rejects.toMatchObject({ code: 'CHECKED_ALREADY' });
  await expect(approve(id, 'li-na')).rejects.toMatchObject({ code: 'MAKER_CANNOT_CHECK' });
  const second = await approve(id, 'zhao-min');
  const third = await approve(id, 'chen-jing');

  expect([first, second, third].map(({ state, stepsDone }) => `${state} ${stepsDone}`)).toEqual(['PROPOSED 1', 'PROPOSED 2', 'APPROVED 3']);
  expect(await approvals.history(service, id)).toMatchObject([
    { number: 1, event: 'approve', personId: 'wang-wei' },
    { number: 2, event: 'approve', personId: 'zhao-min' },
    { number: 3, event: 'approve', personId: 'chen-jing', decidedAt: later },
  ]);
});

test('two approvers at once are two steps, the same one at once is one', async () => {
  const two = await aProposal(undefined, { stepsRequired: 2 });
  const same = await aProposal(undefined, { stepsRequired: 2 });

  const both = await Promise.allSettled([approve(two, 'wang-wei'), approve(two, 'zhao-min')]);
  const twice = await Promise.allSettled([approve(same, 'wang-wei'), approve(same, 'wang-wei')]);

  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  expect(await approvals.find(service, two)).toMatchObject({ state: 'APPROVED', stepsDone: 2 });
  expect(twice.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await approvals.find(service, same)).toMatchObject({ state: 'PROPOSED', stepsDone: 1, decidedAt: null });
});

test('a rejection at the second step ends the proposal', async () => {
  const id = await aProposal(undefined, { stepsRequired: 2 });
  await approve(id, 'wang-wei');
  await service.transaction((tx) => approvals.reject(tx, id, { personId: 'zhao-min', note: 'too much', at: later }));

  await expect(approve(id, 'chen-jing')).rejects.toMatchObject({ code: 'ALREADY_DECIDED' });
  expect(await approvals.find(service, id)).toMatchObject({ state: 'REJECTED', checkerId: 'zhao-min', note: 'too much' });
});

test('of an approval and a withdrawal at once one wins', async () => {
  const id = await aProposal();
  const withdraw = service.transaction((tx) => approvals.withdraw(tx, id, { personId: 'li-na', at: later }));

  const outcomes = await Promise.allSettled([approve(id, 'wang-wei'), withdraw]);

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await approvals.history(service, id)).toHaveLength(1);
});

test('a late proposal is ended once, told of in the same transaction, and never approved after that', async () => {
  const ids = [await aProposal(later), await aProposal(later), await aProposal()];
  const ended: string[] = [];
  const sweep = (): Promise<number> =>
    approvals.expireLate(service, {
      at: later,
      onExpired: (_tx, { id, state }) => {
        ended.push(`${id} ${state}`);
        return Promise.resolve();
      },
    });

  const [one, other] = await Promise.all([sweep(), sweep()]);
  const outcomes = await Promise.allSettled(ids.map((id) => approve(id, 'wang-wei')));

  expect(one + other).toBe(ended.length);
  expect(ended.filter((text) => ids.some((id) => text === `${id} EXPIRED`))).toHaveLength(2);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect(await approvals.history(service, ids[0]!)).toMatchObject([{ event: 'expire', personId: null }]);
});

test('an approval that is under way is not swept from under its person', async () => {
  const id = await aProposal(later);

  await service.transaction(async (tx) => {
    await approvals.approve(tx, id, { personId: 'wang-wei', at });
    await approvals.expireLate(service, { at: later, onExpired: () => Promise.resolve() });
  });

  expect(await approvals.find(service, id)).toMatchObject({ state: 'APPROVED' });
});

test('an expiry that cannot be told is undone', async () => {
  const id = await aProposal(later);
  await expect(approvals.expireLate(service, { at: later, onExpired: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');

  expect(await approvals.find(service, id)).toMatchObject({ state: 'PROPOSED' });
});

test('the open proposals of a kind are listed page by page', async () => {
  const ids = [await aProposal(undefined, { kind: 'probe.list' }), await aProposal(undefined, { kind: 'probe.list' }), await aProposal(undefined, { kind: 'probe.list' })];
  await approve(ids[1]!, 'wang-wei');
  const open = { kinds: ['probe.list'], state: 'PROPOSED' as const };

  expect((await approvals.list(service, { ...open, limit: 1 })).map(({ id }) => id)).toEqual([ids[0], ids[2]]);
  expect((await approvals.list(service, { ...open, after: ids[0], limit: 1 })).map(({ id }) => id)).toEqual([ids[2]]);
  expect(await approvals.list(service, { kinds: ['probe.none'], limit: 5 })).toEqual([]);
});

test('the database refuses a second decision of one person, and a maker\'s approval, also past our own code', async () => {
  const id = await aProposal(undefined, { stepsRequired: 2 });
  await approve(id, 'wang-wei');
  const decide = (person: string, maker = 'li-na') =>
    service.query(`INSERT INTO approval_decision (approval_id, number, event, maker_id, person_id, decided_at) VALUES ($1, 2, 'approve', $2, $3, $4)`, [id, maker, person, later]);

  await expect(decide('wang-wei')).rejects.toMatchObject({ code: '23505' });
  await expect(decide('li-na')).rejects.toMatchObject({ code: '23514' });
  await expect(decide('li-na', 'somebody')).rejects.toMatchObject({ code: '23503' });
  await expect(service.query('DELETE FROM approval_decision')).rejects.toMatchObject({ code: '42501' });
});

test('what events have overtaken ends without a person, says why, and is left alone once somebody has decided', async () => {
  const [open, decided] = [await aProposal(), await aProposal()];
  await approve(decided, 'wang-wei');
  const overtake = (id: string) => service.transaction((tx) => approvals.overtake(tx, id, { note: 'the rail answered first', at: later }));

  expect(await overtake(open)).toMatchObject({ state: 'EXPIRED', checkerId: null, note: 'the rail answered first' });
  expect([await overtake(open), await overtake(decided)]).toEqual([null, null]);
  expect(await approvals.history(service, open)).toMatchObject([{ event: 'expire', personId: null, note: 'the rail answered first' }]);
});
