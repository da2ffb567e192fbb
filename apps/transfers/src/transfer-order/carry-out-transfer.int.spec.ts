import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { legSettledV1 } from '@jinku/contracts';
import { NETSUNION_GRANT, PREPAID, railAnswer, RESERVE, transfersDatabase, TransfersWorld, type TransfersDatabase } from '../transfers-world.builder.ts';
import { InstructLeg } from './use-cases/instruct-leg.ts';

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

const projected = async (): Promise<unknown> =>
  (await given.database.query("SELECT (balance - (SELECT coalesce(sum(amount), 0)::bigint FROM position_reservation WHERE released_at IS NULL))::text AS left FROM account_position"))[0];

describe('a sweep by bank transfer', () => {
  test('goes out once, is in transit when the bank has debited it, and ends when the central bank tells of it', async () => {
    const id = await world.place();
    await world.advance();
    expect(await world.legState(id)).toBe('ACCEPTED');
    world.rail.conclude(world.serialNumber(), 'SUCCEEDED');
    await world.later(1_000);
    expect(await world.order(id)).toMatchObject({ state: 'RUNNING', legState: 'IN_TRANSIT', inTransit: '1000.00' });

    await world.word({ outcome: 'ARRIVED' });

    expect(await world.order(id)).toMatchObject({ state: 'COMPLETED', legState: 'SETTLED', inTransit: '0.00' });
    expect(world.rail.sent).toMatchObject([{ via: 'BANK', amountMinor: 100_000n }]);
    expect(await world.effects()).toEqual([['SENT', PREPAID.id], ['ARRIVED', RESERVE.id]]);
    expect((await world.told('transfers.leg-settled.v1')).filter((told) => !legSettledV1.schema.safeParse(told).success)).toEqual([]);
  });

  test('whose arrival is told first, told twice, or told by a bank that then repeats itself, is told once', async () => {
    world.rail.onAnswer = () => railAnswer({ outcome: 'UNKNOWN', code: null, detail: 'TIMEOUT' });
    const id = await world.place();
    await world.advance();
    await world.word({ outcome: 'ARRIVED' });
    await world.word({ outcome: 'ARRIVED' });
    await world.word({ outcome: 'SUCCEEDED', source: 'INQUIRY' });
    await world.later();

    expect(await world.order(id)).toMatchObject({ state: 'COMPLETED' });
    expect(await world.effects()).toEqual([['SENT', PREPAID.id], ['ARRIVED', RESERVE.id]]);
  });

  test('that comes back ends as failed, with the payer whole and nothing in transit', async () => {
    const id = await world.place();
    await world.advance();
    world.rail.conclude(world.serialNumber(), 'SUCCEEDED');
    await world.later();
    world.rail.conclude(world.serialNumber(), 'RETURNED');
    await world.later();
    await world.word({ outcome: 'ARRIVED' });

    expect(await world.order(id)).toMatchObject({ state: 'FAILED', legState: 'CAME_BACK', inTransit: '0.00' });
    expect(await world.effects()).toEqual([['SENT', PREPAID.id], ['CAME_BACK', PREPAID.id]]);
    expect(world.events).toContain('transfer-leg-contradicted');
    expect(await projected()).toEqual({ left: '500000' });
  });

  test('an arrival of another amount leaves the money in transit, for people to see', async () => {
    const id = await world.place();
    await world.advance();
    world.rail.conclude(world.serialNumber(), 'SUCCEEDED');
    await world.later();
    await world.word({ outcome: 'ARRIVED', amountMinor: 99_999n });

    expect(await world.order(id)).toMatchObject({ state: 'RUNNING', legState: 'IN_TRANSIT' });
    expect(world.events).toContain('transfer-leg-other-amount');
  });

  test('whose notice is lost is found among the movements of the reserve, on whatever page and day it stands', async () => {
    const id = await world.place();
    await world.advance();
    world.rail.conclude(world.serialNumber(), 'SUCCEEDED');
    await world.later(23 * 3_600_000);
    expect(await world.legState(id)).toBe('IN_TRANSIT');
    const movement = { direction: 'CREDIT', amountMinor: 100_000n, balanceAfterMinor: 0n, occurredAt: world.clock.now() } as const;
    world.rail.movements.push({ ...movement, movementNumber: '1' }, { ...movement, movementNumber: '2', payerReference: world.serialNumber() });
    await world.later();

    expect(await world.order(id)).toMatchObject({ state: 'COMPLETED', instructions: [{ railReference: '2', conclusion: 'SETTLED' }] });
    expect(await world.effects()).toEqual([['SENT', PREPAID.id], ['ARRIVED', RESERVE.id]]);
  });

  test('reserves its amount with the order, until an observation from after it left contains it', async () => {
    await world.place();
    expect(await projected()).toEqual({ left: '400000' });
    await world.advance();
    world.rail.conclude(world.serialNumber(), 'SUCCEEDED');
    await world.later(1_000);
    await world.observe(500_000n, new Date(world.clock.now().getTime() - 1));
    expect(await projected()).toEqual({ left: '400000' });

    await world.observe(400_000n);

    expect(await projected()).toEqual({ left: '400000' });
  });
});

describe('a fund-down by NetsUnion', () => {
  test('takes its quota from the grant, and tells what it consumed', async () => {
    const id = await world.placeFundDown();
    await world.advance();
    await world.word({ outcome: 'SUCCEEDED', clearingDate: '2026-11-21' });

    expect(await world.order(id)).toMatchObject({ state: 'COMPLETED', payeeCategory: 'RETAINED_CLIENT_FUND', movements: [{ effect: 'PAID_BY_HOUSE', valueDate: '2026-11-21' }] });
    expect(await world.told('transfers.leg-settled.v1')).toMatchObject([{ clearingHouse: 'NETSUNION', accountId: PREPAID.id, purpose: 'FUND_DOWN' }]);
    expect((await world.told('transfers.grant-usage-reported.v1')).map(({ consumedTotal, reserved, need }) => [consumedTotal, reserved, need])).toEqual([
      ['0.00', '0.00', '0.00'],
      ['0.00', '0.00', '1000.00'],
      ['0.00', '1000.00', '0.00'],
      ['1000.00', '0.00', '0.00'],
    ]);
  });

  test('above the grant waits and tells its need, and leaves when more is granted', async () => {
    const id = await world.placeFundDown({ amountMinor: 300_001n });
    await world.advance();
    expect(await world.legState(id)).toBe('PLANNED');
    expect((await world.told('transfers.grant-usage-reported.v1')).at(-1)).toMatchObject({ need: '3000.01', reserved: '0.00' });

    await world.grant(400_000n, 2);
    await world.advance();

    expect(world.rail.sent).toMatchObject([{ via: 'HOUSE', amountMinor: 300_001n }]);
  });

  test('that waits for quota, however many there are, holds up no sweep', async () => {
    for (let waiting = 0; waiting < 20; waiting += 1) await world.placeFundDown({ amountMinor: 300_001n });
    await world.place();
    await world.advance();

    expect(world.rail.sent).toMatchObject([{ via: 'BANK' }]);
  });

  test('that is refused gives its quota back; a recall never takes what is reserved', async () => {
    await world.placeFundDown();
    await world.advance();
    await world.grant(0n, 2);
    expect((await world.told('transfers.grant-usage-reported.v1')).at(-1)).toMatchObject({ grantId: NETSUNION_GRANT, epoch: 2, grantedTotal: '1000.00' });

    await world.word({ outcome: 'FAILED', code: '0301' });

    expect((await world.told('transfers.grant-usage-reported.v1')).at(-1)).toMatchObject({ consumedTotal: '0.00', reserved: '0.00' });
  });

  test('that was paid and is returned later stays paid, and is shouted about', async () => {
    const id = await world.placeFundDown();
    await world.advance();
    await world.word({ outcome: 'SUCCEEDED' });
    await world.word({ outcome: 'RETURNED' });

    expect(await world.order(id)).toMatchObject({ state: 'COMPLETED' });
    expect(world.events).toContain('transfer-fund-down-returned');
    expect(await world.effects()).toHaveLength(1);
  });
});

describe.each(['sweep', 'fund-down'] as const)('a crash along a %s', (kind) => {
  const place = (): Promise<string> => (kind === 'sweep' ? world.place() : world.placeFundDown());
  /** The process is gone; another one over the same database and rail goes on. */
  const restarted = async (): Promise<TransfersWorld> => (world = await TransfersWorld.on(given.database, { rail: world.rail, clock: world.clock }));
  const finish = async (id: string): Promise<void> => {
    for (let run = 0; run < 5; run += 1) await world.later();
    if (kind === 'sweep' && (await world.legState(id)) === 'IN_TRANSIT') await world.word({ outcome: 'ARRIVED' });
  };

  test('before its number was committed leaves nothing behind, and the next process sends it', async () => {
    const id = await place();
    await restarted();
    world.rail.outcome = 'SUCCEEDED';
    await finish(id);

    expect(await world.order(id)).toMatchObject({ state: 'COMPLETED' });
    expect(world.rail.sent).toHaveLength(1);
  });

  test('between the commit of its number and the call is inquired about, and never sent under that number', async () => {
    const id = await place();
    const committed = await world.get(InstructLeg).execute({ orderId: id, legNumber: 1 });
    await restarted();
    await finish(id);

    expect(world.rail.sent).toEqual([]);
    expect(await world.order(id)).toMatchObject({ state: 'STOPPED', stoppedBecause: '0602', instructions: [{ serialNumber: committed?.serialNumber, conclusion: 'NOT_MOVED' }] });
  });

  test('after the call and before its answer was recorded is inquired about, and sent no second time', async () => {
    const id = await place();
    const committed = await world.get(InstructLeg).execute({ orderId: id, legNumber: 1 });
    if (committed === null) throw new Error('it was planned');
    const { serialNumber, amountMinor } = committed;
    world.rail.outcome = 'SUCCEEDED';
    await world.rail.submitTransfer({ ...committed, fromAccount: '1', serialNumber, amountMinor });
    await restarted();
    await finish(id);

    expect(await world.order(id)).toMatchObject({ state: 'COMPLETED' });
    expect(world.rail.sent).toHaveLength(1);
  });

  test('after its answer was recorded changes nothing', async () => {
    const id = await place();
    await world.advance();
    await restarted();
    world.rail.conclude(world.serialNumber(), 'SUCCEEDED');
    await finish(id);

    expect(await world.order(id)).toMatchObject({ state: 'COMPLETED' });
    expect(world.rail.sent).toHaveLength(1);
  });

  test('with the instruction lost on its way ends as not moved after three answers past its validity', async () => {
    const id = await place();
    world.rail.isReached = false;
    await world.advance();
    expect(await world.legState(id)).toBe('UNKNOWN');
    await world.later(5_000);
    expect(await world.legState(id)).toBe('UNKNOWN');
    await finish(id);

    expect(await world.order(id)).toMatchObject({ state: 'STOPPED', legState: 'NOT_MOVED', inTransit: '0.00' });
    expect(world.rail.sent).toHaveLength(1);
    expect(await world.effects()).toEqual([]);
  });

  test('two processes that find one leg send it once', async () => {
    await place();
    const other = await TransfersWorld.on(given.database, { rail: world.rail, clock: world.clock });

    await Promise.all([world.advance(), other.advance(), world.advance()]);

    expect(world.rail.sent).toHaveLength(1);
  });
});

test('an account that was frozen after the order stops it before anything leaves', async () => {
  const id = await world.place();
  await given.test.admin.query('UPDATE known_account SET is_usable = false WHERE id = $1', [PREPAID.id]);
  await world.advance();

  expect(await world.order(id)).toMatchObject({ state: 'STOPPED', stoppedBecause: 'ACCOUNT_NOT_USABLE' });
  expect(world.rail.sent).toEqual([]);
});

test('an order over a bank that is not connected stops by name', async () => {
  await given.test.admin.query("UPDATE known_account SET connector_type = 'BANK_GAMMA' WHERE id = $1", [PREPAID.id]);
  const id = await world.place();
  await world.advance();

  expect(await world.order(id)).toMatchObject({ state: 'STOPPED', stoppedBecause: 'NO_CONNECTOR' });
});

describe('the database', () => {
  const secondNumber = `INSERT INTO leg_instruction (serial_number, order_id, leg_number, amount, instructed_at, valid_until, next_inquiry_at)
    SELECT 'ANOTHER', order_id, leg_number, amount, instructed_at, valid_until, next_inquiry_at FROM leg_instruction`;

  test('gives a leg no second number while the first may have moved money', async () => {
    await world.place();
    await world.advance();

    await expect(given.database.query(secondNumber)).rejects.toMatchObject({ code: '23505', constraint: 'leg_instruction_one_open' });
  });

  test('lets no conclusion be taken back', async () => {
    await world.placeFundDown();
    await world.advance();
    await world.word({ outcome: 'SUCCEEDED' });

    await expect(given.database.query("UPDATE leg_instruction SET conclusion = 'NOT_MOVED'")).rejects.toMatchObject({ code: '23001' });
    await expect(given.database.query(`${secondNumber.replace('next_inquiry_at FROM', 'instructed_at FROM')}`)).rejects.toMatchObject({ code: '23505' });
  });

  test('keeps what was ordered, instructed and moved as it was written', async () => {
    await world.placeFundDown();
    await world.advance();
    await world.word({ outcome: 'SUCCEEDED' });

    for (const change of ['UPDATE transfer_order SET amount = 1', "UPDATE leg_instruction SET serial_number = 'X'", 'UPDATE leg_movement SET amount = 1', 'DELETE FROM leg_event']) {
      await expect(given.database.query(change)).rejects.toMatchObject({ code: '42501' });
    }
  });
});
