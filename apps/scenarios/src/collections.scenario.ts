import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ClearingHouse, reportCollectionsV1, type ReportCollectionsV1 } from '@jinku/contracts';
import { formatAmount, parseSignedAmount } from '@jinku/money';
import { aRequest } from './a-request.ts';
import { becomes } from './becomes.ts';
import { BUSINESS_DATE } from './day-institution.ts';
import { DayWorld } from './day-world.ts';
import { Nights } from './nights.ts';
import { settled } from './payouts-told.ts';
import { PROFILE } from './profile.ts';
import { knock } from './raw-door.ts';
import { signedMessage } from './signed-message.ts';
import { TopicWriter } from './topic-writer.ts';
import { TransferDesk } from './transfer-desk.ts';

const MONDAY = BUSINESS_DATE;
const TUESDAY = '2026-11-24';
/** Both houses have cut their session, and none has settled it. */
const AFTER_THE_CUTS = '00:30';
const HOUSES = [ClearingHouse.NETSUNION, ClearingHouse.UNIONPAY];
const MAPPED = '10000000.00';
const QUICK_PAY = 'QUICK_PAY';

jest.setTimeout(300_000);

/** Flow F11. NetsUnion counts receipts when they come in, UnionPay when its session is cut. */
describe(`collections on the ${PROFILE} profile`, () => {
  let world: DayWorld;
  let nights: Nights;
  let desk: TransferDesk;
  let sequence = 0;

  beforeAll(async () => {
    const settings = { JINKU_RAILS_UNIONPAY_RECEIPTS_COUNT: 'SESSION_CLOSE' };
    world = await DayWorld.start(PROFILE, { settings, quotaPolicy: { houses: { UNIONPAY: { receiptsCount: 'SESSION_CLOSE' } } } });
    [nights, desk] = [new Nights(world), new TransferDesk(world)];
  });

  afterAll(async () => {
    await (nights as Nights | undefined)?.stop();
  });

  const reportOf = (amountTotal: string, given: Partial<ReportCollectionsV1> = {}): ReportCollectionsV1 => {
    sequence += 1;
    const place = { clearingHouse: ClearingHouse.NETSUNION, channel: QUICK_PAY, clearingDate: MONDAY };
    return { ...place, sequence, countTotal: 1, amountTotal, isFinal: false, asOf: world.clock.now().toISOString(), ...given };
  };
  const report = async (message: ReportCollectionsV1, messageId = randomUUID()): Promise<ReportCollectionsV1> => {
    await world.client.reportCollections(messageId, message);
    return message;
  };

  /** What the treasury may pay from at each house, and what the house itself says. */
  async function available(): Promise<Record<string, string>> {
    const { items } = await world.as<{ items: { clearingHouse: string; bookAvailable: string }[] }>('auditor', { path: '/v1/quotas' });
    const ours = items.map(({ clearingHouse, bookAvailable }) => [`${clearingHouse} ours`, bookAvailable] as const);
    const houses = HOUSES.map(async (house) => [`${house} house`, (await world.rail.call<{ availableQuota: string }>({ path: `/admin/quota?house=${house}` })).availableQuota] as const);
    return Object.fromEntries([...ours, ...(await Promise.all(houses))]);
  }
  const bothSay = (netsUnion: string, unionPay: string): Record<string, string> => ({ 'NETSUNION ours': netsUnion, 'NETSUNION house': netsUnion, 'UNIONPAY ours': unionPay, 'UNIONPAY house': unionPay });

  async function sessions(): Promise<Record<string, string>> {
    const { items } = await world.as<{ items: { clearingHouse: string; clearingDate: string; state: string; own: { receipts: string } }[] }>('auditor', { path: '/v1/quotas/sessions?limit=50' });
    return Object.fromEntries(items.filter(({ clearingDate }) => clearingDate === MONDAY).map(({ clearingHouse, state, own }) => [clearingHouse, `${state} ${own.receipts}`]));
  }

  async function counted(): Promise<Record<string, string>> {
    const rows = await world.books.ours<{ place: string; amount_total: string }>("SELECT clearing_house || ' ' || channel AS place, amount_total FROM quotas.collection_total");
    return Object.fromEntries(rows.map(({ place, amount_total }) => [place, formatAmount(BigInt(amount_total))]));
  }

  test('what clients pay in may be paid out by each house\'s policy: at once at NetsUnion, not before the day cut at UnionPay', async () => {
    for (const clearingHouse of HOUSES) {
      await world.collect({ clearingHouse, channel: QUICK_PAY, amount: '5000.00' });
      await report(reportOf('5000.00', { clearingHouse }));
    }

    await becomes(counted, { 'NETSUNION QUICK_PAY': '5000.00', 'UNIONPAY QUICK_PAY': '5000.00' });
    await becomes(available, bothSay('10005000.00', MAPPED));
  });

  test('a report that comes twice, late or in the wrong order counts once, by its total', async () => {
    await world.collect({ clearingHouse: 'NETSUNION', channel: QUICK_PAY, count: 2, amount: '700.00' });
    const [older, newest] = [reportOf('5300.00', { countTotal: 2 }), reportOf('5700.00', { countTotal: 3 })];
    const messageId = randomUUID();
    for (const _ of [1, 2]) await report(newest, messageId);
    await report(newest);
    await report(older);
    // What is read after them in their order shows that all of them were read.
    await report(reportOf('5700.00', { countTotal: 3 }));

    await becomes(counted, { 'NETSUNION QUICK_PAY': '5700.00', 'UNIONPAY QUICK_PAY': '5000.00' });
    await becomes(async () => (await world.books.ours<{ sequence: string }>("SELECT sequence FROM quotas.collection_total WHERE clearing_house = 'NETSUNION'"))[0]?.sequence, String(sequence));
    await becomes(available, bothSay('10005700.00', MAPPED));
  });

  test('a message that breaks a rule is kept with field and rule and counts nothing, and those after it are counted', async () => {
    const good = reportOf('5700.00', { countTotal: 3 });
    const bad: [string, object, string][] = [
      ['an amount that is a number', { ...good, amountTotal: 5700 }, 'INVALID amountTotal'],
      ['an amount of three decimals', { ...good, amountTotal: '5700.001' }, 'INVALID amountTotal'],
      ['another house', { ...good, clearingHouse: 'VISA' }, 'INVALID clearingHouse'],
      ['a date that is none', { ...good, clearingDate: '2026-02-30' }, 'INVALID clearingDate'],
      ['a channel in small letters', { ...good, channel: 'quick pay' }, 'INVALID channel'],
      ['a sequence of zero', { ...good, sequence: 0 }, 'INVALID sequence'],
      ['an unknown field', { ...good, urgent: true }, 'INVALID urgent'],
      ['a total that fell', { ...reportOf('5699.99'), countTotal: 3 }, 'TOTAL_FELL amountTotal'],
    ];
    for (const [, message] of bad) {
      const { status } = await knock(world.stack.urls.gateway, await signedMessage(world, reportCollectionsV1, JSON.stringify(message)));
      expect(status).toBe(202);
    }
    const topic = await TopicWriter.open(world.stack, reportCollectionsV1);
    const [body, other] = [JSON.stringify(reportOf('999999.00')), JSON.stringify(good)];
    const unsigned: [Record<string, string>, string][] = [
      [{}, 'NO_CLIENT header clientid'],
      [{ clientid: 'somebody', jws: world.client.signatureOf(body) }, 'UNKNOWN_CLIENT header clientid'],
      [{ clientid: 'settlement' }, 'NOT_SIGNED header jws'],
      [{ clientid: 'settlement', jws: world.client.signatureOf(other) }, 'BAD_SIGNATURE header jws'],
    ];
    for (const [headers] of unsigned) await topic.append({ key: `NETSUNION:${MONDAY}:${QUICK_PAY}`, value: body, headers });
    await topic.close();

    const kept = async (): Promise<string[]> =>
      (await world.books.ours<{ fault: string; reason: string }>('SELECT fault, reason FROM quotas.quarantined_collection ORDER BY id')).map(({ fault, reason }) => `${fault} ${reason.split(':')[0]}`).toSorted();
    await becomes(kept, [...bad.map(([, , expected]) => expected), ...unsigned.map(([, expected]) => expected)].toSorted());
    expect(await world.books.counts(['quotas.parked_message'])).toEqual({ 'quotas.parked_message': 0 });
    await world.collect({ clearingHouse: 'NETSUNION', channel: QUICK_PAY, amount: '300.00' });
    await report(reportOf('6000.00', { countTotal: 4 }));
    await becomes(available, bothSay('10006000.00', MAPPED));
  });

  test('after the cut UnionPay\'s receipts count too, the house takes none for the session that it has cut, and what is told late confirms it', async () => {
    const paid = [aRequest({ amount: '1234.00' }), aRequest({ businessLine: 'SETTLEMENT', merchantId: 'M10002', amount: '2345.00' })];
    await settled(world, paid, () => world.sendBatch(paid));
    await world.collect({ clearingHouse: 'NETSUNION', channel: 'QR_CODE', amount: '40.00' });
    await nights.sleepUntil({ date: TUESDAY, at: AFTER_THE_CUTS });

    const late = await world.rail.ask({ method: 'POST', path: '/admin/collections?house=NETSUNION', body: { channel: QUICK_PAY, amount: '1.00', clearingDate: MONDAY } });
    expect(late).toEqual({ status: 409, body: { error: 'SESSION_NOT_OPEN' } });
    await becomes(sessions, { NETSUNION: expect.stringMatching(/^(RESULT_RECEIVED|DISPUTED) 6000\.00$/), UNIONPAY: 'CONFIRMED 5000.00' });
    await report(reportOf('40.00', { channel: 'QR_CODE', isFinal: true }));

    await becomes(sessions, { NETSUNION: 'CONFIRMED 6040.00', UNIONPAY: 'CONFIRMED 5000.00' });
    await report(reportOf('41.00', { channel: 'QR_CODE', sequence: sequence + 1 }));
    await becomes(async () => (await world.books.counts(['quotas.quarantined_collection']))['quotas.quarantined_collection'], 13);
    expect(await sessions()).toEqual({ NETSUNION: 'CONFIRMED 6040.00', UNIONPAY: 'CONFIRMED 5000.00' });
  });

  test('the settlement moves the reserve by the net of receipts and payouts, and by nothing else', async () => {
    const before = await desk.heldInReserve();
    const nets = await Promise.all(HOUSES.map(async (house) => (await world.rail.call<{ net: string }>({ path: `/admin/sessions?house=${house}&clearingDate=${MONDAY}` })).net));
    for (const house of HOUSES) await world.rail.call({ method: 'POST', path: `/admin/settlements?house=${house}`, body: { clearingDate: MONDAY } });

    await becomes(sessions, { NETSUNION: 'SETTLED 6040.00', UNIONPAY: 'SETTLED 5000.00' });
    const expected = nets.reduce((sum, net) => sum + (parseSignedAmount(net) ?? 0n), before);
    expect(await desk.heldInReserve()).toBe(expected);
    const { internalAccountCode } = world.account('reserve');
    await becomes(async () => (await world.as<{ balance: string }>('auditor', { path: `/v1/internal-accounts/${internalAccountCode}/balance` })).balance, formatAmount(expected));
  });

  test('after all of it the books agree', async () => {
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });
});
