import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Fates } from '@jinku/cli';
import { ClearingHouse } from '@jinku/contracts';
import { formatAmount, parseAmount } from '@jinku/money';
import { aRequest } from './a-request.ts';
import { AuditDesk, type FoundBreak } from './audit-desk.ts';
import { becomes } from './becomes.ts';
import { ACCOUNTS, BUSINESS_DATE, type AccountKey } from './day-institution.ts';
import { DayWorld } from './day-world.ts';
import { Nights } from './nights.ts';
import { PROFILE } from './profile.ts';
import { TransferDesk } from './transfer-desk.ts';

const MONDAY = BUSINESS_DATE;
const TUESDAY = '2026-11-24';
const WEDNESDAY = '2026-11-25';
/** After the houses have settled the day before. */
const MORNING = '10:40';
const FATES_WITHIN_MS = 60_000;
/** Of this amount every payout fails at the house. */
const REFUSED = '77.00';

const AT_BANKS = ['prepaid-card', 'fund-sales', 'own-fund', 'filed-own-fund'] as const satisfies readonly AccountKey[];
const HOUSES = [ClearingHouse.NETSUNION, ClearingHouse.UNIONPAY];
/** Checks that nothing is collected for. */
const UNFED = ['A2', 'A6', 'A9', 'A10', 'A12', 'A13', 'A14'];
const ALL_AGREE: Readonly<Record<string, string>> = Object.fromEntries([
  ...['A1 BOOKS', 'A3 reserve', 'A5 reserve', 'A11 BOOKS', ...AT_BANKS.flatMap((key) => [`A3 ${key}`, `A4 ${key}`]), ...HOUSES.flatMap((house) => [`A7 ${house}`, `A8 ${house}`])].map((name) => [name, 'AGREES']),
  ...UNFED.map((check) => [check, 'NOT_RUN NO_FEED']),
]);

jest.setTimeout(300_000);

describe(`the audit on the ${PROFILE} profile`, () => {
  let world: DayWorld;
  let nights: Nights;
  let audit: AuditDesk;
  let transfers: TransferDesk;

  beforeAll(async () => {
    world = await DayWorld.start(PROFILE, { settings: { JINKU_AUDIT_COLLECT_MS: '500', JINKU_AUDIT_CHECK_MS: '500' } });
    nights = new Nights(world);
    [audit, transfers] = [new AuditDesk(world), new TransferDesk(world)];
    for (const house of HOUSES) await world.playFaults({ script: [{ amount: REFUSED, fault: 'BUSINESS_FAILURE', code: '0101' }] }, house);
  });

  afterAll(async () => {
    await (nights as Nights | undefined)?.stop();
  });

  /** Over NetsUnion and over UnionPay each, one of which fails; answers when all have ended. */
  async function payOut(amounts: readonly string[]): Promise<void> {
    const lines = { WITHDRAWAL: 'M10001', SETTLEMENT: 'M10002' };
    const requests = Object.entries(lines).flatMap(([businessLine, merchantId]) => [...amounts, REFUSED].map((amount) => aRequest({ businessLine, merchantId, amount })));
    await world.sendBatch(requests);
    const fates = new Fates(requests);
    await world.follow(fates, { withinMs: FATES_WITHIN_MS });
    expect(requests.map((request) => fates.stateOf(request.requestId))).toEqual(requests.map(({ amount }) => (amount === REFUSED ? 'FAILED' : 'SUCCEEDED')));
  }

  /** Some of the money of the payout of this amount over NetsUnion comes back. */
  async function returnInPart(paid: bigint, amount: string): Promise<void> {
    const [payout] = await world.books.rails<{ serial_number: string }>("SELECT serial_number FROM rails.executed_payout WHERE clearing_house = 'NETSUNION' AND amount_minor = $1", [paid.toString()]);
    await world.rail.call({ method: 'POST', path: '/admin/returns?house=NETSUNION', body: { serialNumber: payout?.serial_number, amount } });
    await becomes(() => world.books.ours('SELECT state FROM payouts.payout_return'), [{ state: 'RECORDED' }]);
  }

  async function sessionsOf(date: string): Promise<string[]> {
    const { items } = await world.as<{ items: { clearingHouse: string; clearingDate: string; state: string }[] }>('auditor', { path: '/v1/quotas/sessions?limit=50' });
    return items.filter(({ clearingDate }) => clearingDate === date).map(({ clearingHouse, state }) => `${clearingHouse} ${state}`).toSorted();
  }

  async function postAtBank(key: AccountKey, { bank, kind, amount }: { bank: 'alpha' | 'beta'; kind: 'INTEREST' | 'CHARGE'; amount: string }): Promise<void> {
    await world.rail.call({ method: 'POST', path: `/admin/banks/${bank}/accounts/${ACCOUNTS[key].accountNumber}/entries`, body: { kind, amount, purpose: kind === 'CHARGE' ? '手续费' : '结息' } });
  }

  test('a day is cut, collected, recognised, booked and reconciled, and no break is found', async () => {
    await payOut(['101.00', '102.50']);
    await returnInPart(10_100n, '1.00');
    for (const clearingHouse of HOUSES) await world.collect({ clearingHouse, channel: 'QUICK_PAY', count: 3, amount: '4321.00' });
    await world.reportCollections();
    const sweep = await transfers.order({ payer: 'prepaid-card', payee: 'reserve', purpose: 'SWEEP_UP', amount: '100000.00' });
    const feeIncome = await transfers.order({ payer: 'reserve', payee: 'filed-own-fund', purpose: 'FEE_INCOME_TRANSFER', amount: '2000.00' });
    await transfers.act('approver', 'approve', feeIncome);
    for (const order of [sweep, feeIncome]) await transfers.untilState(order, 'COMPLETED');
    await postAtBank('fund-sales', { bank: 'alpha', kind: 'INTEREST', amount: '12.34' });
    await postAtBank('filed-own-fund', { bank: 'beta', kind: 'CHARGE', amount: '5.00' });
    expect(await world.verdict()).toMatchObject({ exitCode: 0 });

    await nights.sleepUntil({ date: TUESDAY, at: MORNING });
    await world.reportCollections();
    // The central bank has moved the nets on Tuesday: they are Tuesday's in our books too.
    await becomes(() => sessionsOf(MONDAY), ['NETSUNION SETTLED', 'UNIONPAY SETTLED']);

    await becomes(() => audit.verdicts(MONDAY), { ...ALL_AGREE, 'A11 BOOKS': 'NOT_RUN NO_OBLIGATIONS' });
    const owed = await world.reportObligations(MONDAY);
    await becomes(() => audit.verdicts(MONDAY), ALL_AGREE);
    expect(await audit.breaks()).toEqual([]);
    // Its own books of clients and the treasury's of money come to the same fen.
    expect(await audit.coverage(MONDAY)).toEqual({ clientMoney: owed, obligations: owed });
    expect(await audit.entries('prepaid-card', MONDAY)).toEqual([{ kind: 'TRANSFER', amount: '-100000.00' }]);
    expect(await audit.entries('reserve', MONDAY)).toEqual([{ kind: 'TRANSFER', amount: '100000.00' }]);
    expect(await audit.entries('fund-sales', MONDAY)).toEqual([{ kind: 'INTEREST', amount: '12.34' }]);
    expect(await audit.entries('filed-own-fund', MONDAY)).toEqual(expect.arrayContaining([{ kind: 'CHARGE', amount: '-5.00' }]));
  });

  test('the same file once more is the same statement, and nothing of it is booked again', async () => {
    const counts = (): Promise<Record<string, number>> => world.books.counts(['audit.statement', 'audit.statement_entry', 'audit.original_file', 'ledger.journal_entry']);
    const [statement] = await audit.statements('filed-own-fund', MONDAY);
    const file = await audit.fileOf(statement?.id ?? '');
    const before = await counts();

    const again = await world.as<{ id: string; state: string }>('operator', { method: 'POST', path: '/v1/audit/statements', body: { connectorType: 'BANK_BETA', fileName: file.fileName, content: file.content } });

    expect(again).toMatchObject({ id: statement?.id, state: 'ACCEPTED' });
    expect(await counts()).toEqual(before);
  });

  test('each seeded fault leads to its break with evidence and to no other, and a check whose feed is missing says that it has not run', async () => {
    await payOut(['301.00', '302.00', '303.00']);
    await world.collect({ clearingHouse: 'UNIONPAY', channel: 'QUICK_PAY', amount: '1000.00' });
    await world.reportCollections();
    // What the settlement service does not tell: a channel at the one house, everything at the other.
    await world.collect({ clearingHouse: 'UNIONPAY', channel: 'QR_CODE', amount: '500.00' });
    await world.collect({ clearingHouse: 'NETSUNION', channel: 'QUICK_PAY', amount: '600.00' });
    await world.creditAccount('prepaid-card', { amount: '66.00' });
    await postAtBank('own-fund', { bank: 'alpha', kind: 'INTEREST', amount: '3.21' });
    await world.rail.call({ method: 'POST', path: '/admin/central-bank/movements', body: { direction: 'CREDIT', amount: '888.00', counterparty: 'somebody' } });
    await world.playFaults({ bills: [{ clearingDate: TUESDAY, amount: '301.00', fault: 'LINE_MISSING' }, { clearingDate: TUESDAY, amount: '302.00', fault: 'LINE_CHANGED' }] }, 'NETSUNION');
    await world.playFaults({ bills: [{ clearingDate: TUESDAY, amount: '303.00', fault: 'LINE_DOUBLED' }, { clearingDate: TUESDAY, fault: 'STATUS_CHANGED' }] }, 'UNIONPAY');
    const faults = { 'prepaid-card': 'TOTALS_WRONG', 'own-fund': 'TRUNCATED', 'fund-sales': 'FILE_REPEATED', 'filed-own-fund': 'WRONG_ENCODING' } as const;
    await world.playBankFaults({ statements: AT_BANKS.map((key) => ({ accountNumber: ACCOUNTS[key].accountNumber, businessDate: TUESDAY, fault: faults[key] })) });

    await nights.sleepUntil({ date: WEDNESDAY, at: MORNING });
    const owed = await world.reportObligations(TUESDAY);

    await becomes(() => audit.verdicts(TUESDAY), {
      ...ALL_AGREE,
      ...Object.fromEntries(['A3 prepaid-card', 'A3 own-fund', 'A3 filed-own-fund', 'A5 reserve', 'A11 BOOKS', 'A7 UNIONPAY', 'A8 NETSUNION', 'A8 UNIONPAY'].map((name) => [name, 'DIFFERS'])),
      ...Object.fromEntries(['A4 prepaid-card', 'A4 own-fund', 'A4 filed-own-fund'].map((name) => [name, 'NOT_RUN STATEMENT_IN_QUARANTINE'])),
      ...Object.fromEntries(['A3 fund-sales', 'A4 fund-sales'].map((name) => [name, 'NOT_RUN NO_STATEMENT'])),
      'A7 NETSUNION': 'NOT_RUN NO_COLLECTIONS_FEED',
    });
    // What was collected and is not told is missing, less the credit that nobody knows.
    const lacking = formatAmount(60_000n + 50_000n - 88_800n);
    expect((await audit.breaks()).map(shown).toSorted()).toEqual([
      `A11 BOOKS AMOUNT ${lacking} ours ${formatAmount((parseAmount(owed) ?? 0n) - 21_200n)} theirs ${owed}`,
      'A3 filed-own-fund AMOUNT 0.00 file',
      'A3 own-fund AMOUNT 0.00 file',
      'A3 prepaid-card AMOUNT 0.00 control.credit',
      'A5 reserve UNKNOWN_INCOMING_CREDIT 888.00 theirs 888.00',
      'A7 UNIONPAY AMOUNT 500.00 ours 1000.00 theirs 1500.00',
      'A8 NETSUNION AMOUNT 1.00 ours 302.00 theirs 303.00',
      'A8 NETSUNION OURS_ONLY -301.00 ours 301.00',
      'A8 UNIONPAY DUPLICATE 303.00 theirs 303.00',
      'A8 UNIONPAY STATUS 77.00 ours 77.00 FAILED theirs 77.00',
    ]);
    expect((await audit.breaks()).map(({ businessDate, ageDays, state }) => ({ businessDate, ageDays, state }))).toEqual(Array(10).fill({ businessDate: TUESDAY, ageDays: 1, state: 'ADDED' }));
  });

  test('a statement in quarantine is kept whole, and nothing of it is booked', async () => {
    const states = await Promise.all(AT_BANKS.map(async (key) => (await audit.statements(key, TUESDAY)).map(({ state }) => state)));

    expect(Object.fromEntries(AT_BANKS.map((key, index) => [key, states[index]]))).toEqual({ 'prepaid-card': ['QUARANTINED'], 'fund-sales': [], 'own-fund': ['QUARANTINED'], 'filed-own-fund': ['QUARANTINED'] });
    for (const key of AT_BANKS) expect(await audit.entries(key, TUESDAY)).toEqual([]);
    // The reserve's statement counts: of all entries of the day, its unknown credit alone stands in suspense.
    expect(await world.books.ours("SELECT rule FROM ledger.journal_entry WHERE value_date = $1 AND (rule LIKE 'suspense%' OR rule LIKE 'interest-%' OR rule LIKE 'charge-%')", [TUESDAY])).toEqual([{ rule: 'suspense.v1' }]);
  });

  test('the right files, and what the settlement service tells late, clear their breaks and leave what nobody has explained', async () => {
    await world.playBankFaults({});
    await world.reportCollections();

    await becomes(() => audit.verdicts(TUESDAY), { ...ALL_AGREE, ...Object.fromEntries(['A4 prepaid-card', 'A5 reserve', 'A8 NETSUNION', 'A8 UNIONPAY'].map((name) => [name, 'DIFFERS'])) });
    expect((await audit.breaks()).map(shown).toSorted().filter((text) => !text.startsWith('A8'))).toEqual(['A4 prepaid-card UNKNOWN_INCOMING_CREDIT 66.00 theirs 66.00', 'A5 reserve UNKNOWN_INCOMING_CREDIT 888.00 theirs 888.00']);
    expect((await audit.statements('prepaid-card', TUESDAY)).map(({ state }) => state)).toEqual(['ACCEPTED', 'REPLACED']);
    expect(await audit.entries('own-fund', TUESDAY)).toEqual([{ kind: 'INTEREST', amount: '3.21' }]);
  });

  test('a break is closed by two persons, and never by the one who explained it', async () => {
    const maker = await world.engage('maker-and-checker', ['operator', 'approver']);
    const open = await audit.breaks();
    for (const { id } of open) {
      await world.gateway.call({ method: 'POST', path: `/v1/audit/breaks/${id}/submit`, token: maker, body: { explanation: 'Asked for, and found out.' } });
      const own = await world.gateway.ask({ method: 'POST', path: `/v1/audit/breaks/${id}/approve`, token: maker, body: { note: 'Mine' } });
      expect({ status: own.status, body: own.body }).toMatchObject({ status: 403, body: { code: 'MAKER_CANNOT_CHECK' } });
      await world.as('approver', { method: 'POST', path: `/v1/audit/breaks/${id}/approve`, body: { note: 'Seen' } });
    }

    expect(open).toHaveLength(6);
    expect((await audit.breaks('REVIEWED')).map(({ id }) => id).toSorted()).toEqual(open.map(({ id }) => id).toSorted());
    // What two persons have explained is not asked about again; what the house's bill says still differs.
    await audit.runAgain(TUESDAY);
    await becomes(() => audit.verdicts(TUESDAY), { ...ALL_AGREE, 'A8 NETSUNION': 'DIFFERS', 'A8 UNIONPAY': 'DIFFERS' });
    expect(await audit.breaks()).toEqual([]);
  });

  test('after all of it the books agree', async () => {
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });
});

/** A break by its check, subject, kind and amount, and what its evidence says of both sides. */
function shown({ check, subject, kind, amount, evidence }: FoundBreak): string {
  const { ours, theirs, field } = evidence;
  return [check, subject, kind, amount, ...(ours === undefined ? [] : ['ours', ours]), ...(theirs === undefined ? [] : ['theirs', theirs]), ...(field === undefined ? [] : [field])].join(' ');
}
