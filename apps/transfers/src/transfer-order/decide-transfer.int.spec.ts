import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FILED, LI_NA, RESERVE, transfersDatabase, TransfersWorld, WANG_WEI, type TransfersDatabase } from '../transfers-world.builder.ts';
import { ExpireProposals } from './jobs/expire-proposals.ts';
import { DecideTransfer } from './use-cases/decide-transfer.ts';

let given: TransfersDatabase;
let world: TransfersWorld;

beforeAll(async () => {
  given = await transfersDatabase();
});
afterAll(() => given.test.drop());
beforeEach(async () => {
  await given.empty();
  world = await TransfersWorld.on(given.database);
  await world.fill();
});

type Verb = 'approve' | 'reject' | 'withdraw' | 'cancel' | 'resume';
const act = (verb: Verb, id: string, actor = WANG_WEI): Promise<unknown> => given.database.transaction((tx) => world.get(DecideTransfer)[verb](tx, id, { actor, reason: 'spec' }));
const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'ACCEPTED', (error: { code: string }) => error.code);
/** Client money to own money: always for two persons. */
const placeFees = (amountMinor = 60_000n): Promise<string> =>
  world.place({ payerAccountId: RESERVE.id, payeeAccountId: FILED.id, purpose: 'FEE_INCOME_TRANSFER', amountMinor });
const openReservations = async (): Promise<number> => (await given.database.query('SELECT 1 FROM position_reservation WHERE released_at IS NULL')).length;

describe('client money to own money', () => {
  test('waits for a second person, whatever the amount, and does not leave before', async () => {
    const id = await placeFees(1n);
    await world.advance();
    expect(await world.order(id)).toMatchObject({ state: 'PROPOSED', payeeCategory: 'FILED_OWN_FUND' });
    expect(world.rail.sent).toEqual([]);

    expect(await codeOf(act('approve', id, LI_NA))).toBe('MAKER_CANNOT_CHECK');
    expect(await codeOf(act('approve', id))).toBe('ACCEPTED');
    await world.advance();

    expect(world.rail.sent).toHaveLength(1);
    expect((await world.order(id)).decisions).toMatchObject([{ event: 'approve', personId: 'wang.wei' }]);
  });

  test('goes up to the accrued fees, counting what waits, and what is given up is free again', async () => {
    const first = await placeFees();
    expect(await codeOf(placeFees(40_001n))).toBe('FEE_INCOME_ABOVE_ACCRUED');
    await act('reject', first);

    expect(await codeOf(placeFees(100_000n))).toBe('ACCEPTED');
    expect(await codeOf(placeFees(1n))).toBe('FEE_INCOME_ABOVE_ACCRUED');
  });

  test('ordered twice at once never passes the accrued total', async () => {
    const codes = await Promise.all([placeFees(), placeFees()].map(codeOf));

    expect(codes.toSorted()).toEqual(['ACCEPTED', 'FEE_INCOME_ABOVE_ACCRUED']);
  });
});

test('of two persons who decide at once one wins', async () => {
  const id = await placeFees();

  const codes = await Promise.all([codeOf(act('approve', id)), codeOf(act('reject', id, { ...WANG_WEI, id: 'zhao.min' }))]);

  expect(codes.toSorted()).toEqual(['ACCEPTED', 'ALREADY_DECIDED']);
});

test('a large sweep waits, holding its reservation; withdrawn by its maker alone, it gives it back', async () => {
  world = await TransfersWorld.on(given.database, { environment: { JINKU_TRANSFER_APPROVAL_ABOVE: '999.99' }, clock: world.clock });
  const id = await world.place();
  expect(await world.order(id)).toMatchObject({ state: 'PROPOSED' });
  expect(await openReservations()).toBe(1);

  expect(await codeOf(act('withdraw', id))).toBe('ONLY_MAKER_WITHDRAWS');
  expect(await codeOf(act('withdraw', id, LI_NA))).toBe('ACCEPTED');

  expect(await world.order(id)).toMatchObject({ state: 'WITHDRAWN', legState: 'CANCELLED' });
  expect(await openReservations()).toBe(0);
});

test('what nobody decides in time expires, and cannot be approved any more', async () => {
  const id = await placeFees();
  world.clock.advance(24 * 3_600_000);
  expect(await codeOf(act('approve', id))).toBe('APPROVAL_EXPIRED');
  await world.get(ExpireProposals).run();

  expect(await world.order(id)).toMatchObject({ state: 'EXPIRED', legState: 'CANCELLED' });
  expect(await codeOf(act('approve', id))).toBe('ALREADY_DECIDED');
});

describe('a stopped order', () => {
  test('is resumed under another number, and never while the first one may have moved money', async () => {
    world.rail.outcome = 'REJECTED_WINDOW';
    const id = await world.place();
    await world.advance();
    expect(await world.order(id)).toMatchObject({ state: 'STOPPED', legState: 'NOT_MOVED' });

    world.rail.outcome = 'ACCEPTED';
    expect(await codeOf(act('resume', id))).toBe('ACCEPTED');
    await world.advance();

    expect(new Set(world.rail.sent.map(({ serialNumber }) => serialNumber)).size).toBe(2);
    expect(await world.order(id)).toMatchObject({ state: 'RUNNING', legState: 'ACCEPTED', instructions: [{ conclusion: 'NOT_MOVED' }, { conclusion: null }] });
    expect(await codeOf(act('resume', id))).toBe('TRANSFER_STATE_FORBIDS');
  });

  test('that a late word says has moved after all is not moved by it, and people are told', async () => {
    world.rail.outcome = 'REJECTED_WINDOW';
    const id = await world.place();
    await world.advance();
    await world.word({ outcome: 'ARRIVED' });

    expect(await world.order(id)).toMatchObject({ state: 'STOPPED' });
    expect(world.events).toContain('transfer-leg-contradicted');
  });

  test('is cancelled, which frees the position', async () => {
    world.rail.outcome = 'REJECTED_RISK';
    const id = await world.place();
    await world.advance();
    expect(await openReservations()).toBe(1);

    expect(await codeOf(act('cancel', id))).toBe('ACCEPTED');

    expect(await world.order(id)).toMatchObject({ state: 'CANCELLED' });
    expect(await openReservations()).toBe(0);
  });
});

test('an order that has left, or whose answer is not known, is not cancelled', async () => {
  const id = await world.place();
  await world.advance();

  expect(await codeOf(act('cancel', id))).toBe('TRANSFER_HAS_LEFT');
});

test('an order without a proposal is not for a second person, and one that is not there is not found', async () => {
  expect(await codeOf(act('approve', await world.place()))).toBe('TRANSFER_STATE_FORBIDS');
  expect(await codeOf(act('approve', crypto.randomUUID()))).toBe('TRANSFER_NOT_FOUND');
  expect(await codeOf(act('cancel', crypto.randomUUID()))).toBe('TRANSFER_NOT_FOUND');
});

describe('an order is refused', () => {
  test.each([
    ['of more than the payer holds after its open orders', { amountMinor: 400_001n }, 'POSITION_SHORT'],
    ['over an account that nobody told of', { payerAccountId: crypto.randomUUID() }, 'ACCOUNT_UNKNOWN'],
    ['of a pair that the matrix does not have', { purpose: 'FUND_DOWN' }, 'TRANSFER_NOT_ALLOWED'],
    ['by a means that this version does not have', { means: 'VIRTUAL_ACCOUNT' }, 'MEANS_NOT_BUILT'],
  ] as const)('%s', async (_, asked, code) => {
    await world.place();

    expect(await codeOf(world.place(asked))).toBe(code);
  });

  test('on a position that is too old, or that was never observed', async () => {
    world.clock.advance(900_001);
    expect(await codeOf(world.place())).toBe('POSITION_TOO_OLD');
    await given.test.admin.query('DELETE FROM account_position');
    expect(await codeOf(world.place())).toBe('POSITION_UNKNOWN');
  });

  test('of two that race for one position, when both together are too much', async () => {
    const codes = await Promise.all([world.place({ amountMinor: 300_000n }), world.place({ amountMinor: 300_000n })].map(codeOf));

    expect(codes.toSorted()).toEqual(['ACCEPTED', 'POSITION_SHORT']);
  });
});
