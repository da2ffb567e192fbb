import type { Database } from '@jinku/persistence';
import { testDatabase, type TestDatabase } from '@jinku/testing';
import { approvalTableSql, Approvals, type Approval } from './index.ts';

const at = new Date('2026-11-21T02:00:00Z');
const later = new Date('2026-11-21T03:00:00Z');
const approvals = new Approvals();
const IDS = Array.from({ length: 20 }, (_, index) => `01993c1e-0000-7000-8000-${String(index).padStart(12, '0')}`);

let database: TestDatabase;
let service: Database;
let used = 0;

beforeAll(async () => {
  database = await testDatabase({ services: [{ name: 'probe', sql: approvalTableSql('jinku_probe') }] });
  service = await database.open('probe');
});
afterAll(() => database.drop());

async function aProposal(expiresAt = new Date('2026-11-22T02:00:00Z')): Promise<string> {
  const id = IDS[used++] as string;
  const proposal = { id, kind: 'probe.act', subject: 'thing', payload: { amount: '1.00' }, makerId: 'li-na', reason: 'needed', proposedAt: at, expiresAt };
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
