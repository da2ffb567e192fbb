import { Module, StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { accountOpenedV1 } from '@jinku/contracts';
import { invalidRequest } from '@jinku/errors';
import { Outbox } from '@jinku/messaging';
import { Metrics, openApiOf, PlatformModule, type Actor, type Role } from '@jinku/service';
import { ledgerService } from '../../index.ts';
import { ExpireProposals } from '../jobs/expire-proposals.ts';
import { aLedger, anEntry, type LedgerForTest } from '../journal.builder.ts';

let ledger: LedgerForTest;
let app: NestFastifyApplication;

beforeAll(async () => {
  ledger = await aLedger();
  const nothing = (): void => undefined;
  const platform = PlatformModule.with({
    serviceName: 'ledger',
    config: { clock: ledger.clock } as never,
    database: ledger.database,
    outbox: new Outbox({ source: 'ledger', clock: ledger.clock }),
    messageLog: {} as never,
    doorbells: { register: nothing } as never,
    metrics: new Metrics('ledger'),
    log: { info: nothing, warn: nothing, error: nothing, debug: nothing },
    // The token names the person and the role: `alice/operator`.
    tokenVerifier: {
      verify: (token): Actor => {
        const [id, role] = token.split('/');
        return { kind: 'PERSON', id: id!, roles: [role as Role] };
      },
    },
  });
  class RootModule {}
  Module({ imports: [platform, ledgerService.module({}, {} as never)] })(RootModule);
  app = await NestFactory.create<NestFastifyApplication>(RootModule, new FastifyAdapter(), { logger: false });
  app.useGlobalPipes(
    new StandardSchemaValidationPipe({ exceptionFactory: (issues) => invalidRequest(issues.map((issue) => ({ field: (issue.path ?? []).join('.'), rule: issue.message }))) }),
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(async () => {
  await app.close();
  await ledger.test.drop();
});

let keys = 0;
async function call(method: 'GET' | 'POST' | 'DELETE', url: string, { as = 'alice/operator', body, key = `key-${(keys += 1)}-00000000` }: { as?: string; body?: object; key?: string } = {}) {
  const answer = await app.inject({ method, url: `/v1/${url}`, headers: { authorization: `Bearer ${as}`, 'idempotency-key': key }, ...(body === undefined ? {} : { payload: body }) });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}

const proposal = (fields: object = {}): object => ({
  reference: 'OPENING-2026',
  valueDate: '2026-11-21',
  reason: 'opening balances',
  lines: [
    { account: '1101.CLIENT', side: 'DEBIT', amount: '500.00' },
    { account: '2001', side: 'CREDIT', amount: '500.00' },
  ],
  ...fields,
});

test('an entry is posted when a second person approves it, never when the first one does', async () => {
  const proposed = await call('POST', 'journal-entries', { body: proposal() });
  const { proposalId, entryId } = proposed.body as { proposalId: string; entryId: string };
  expect(proposed.status).toBe(202);
  expect((await call('GET', `journal-entries/${entryId}`)).body).toMatchObject({ code: 'UNKNOWN_JOURNAL_ENTRY' });

  expect((await call('POST', `journal-entries/proposals/${proposalId}/approve`, { as: 'alice/approver' })).body).toMatchObject({ code: 'MAKER_CANNOT_CHECK' });
  expect((await call('POST', `journal-entries/proposals/${proposalId}/approve`, { as: 'bob/operator' })).status).toBe(403);
  expect((await call('POST', `journal-entries/proposals/${proposalId}/approve`, { as: 'bob/approver' })).body).toMatchObject({ entryId, state: 'APPROVED' });

  expect((await call('POST', `journal-entries/proposals/${proposalId}/approve`, { as: 'carol/approver' })).body).toMatchObject({ code: 'ALREADY_DECIDED' });
  expect((await call('GET', `journal-entries/${entryId}`)).body).toMatchObject({ reference: 'OPENING-2026', lines: [{ account: '1101.CLIENT', side: 'DEBIT', amount: '500.00' }, { account: '2001' }] });
  expect((await call('GET', 'internal-accounts/2001/balance')).body).toMatchObject({ balance: '500.00' });
});

test('the same key gives the same answer, other content under it is refused', async () => {
  const first = await call('POST', 'journal-entries', { body: proposal(), key: 'the-same-key' });
  const second = await call('POST', 'journal-entries', { body: proposal(), key: 'the-same-key' });

  expect(second.body).toEqual(first.body);
  expect((await call('POST', 'journal-entries', { body: proposal({ reference: 'OTHER' }), key: 'the-same-key' })).body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
});

test('a rejected proposal posts nothing, and a person may withdraw their own', async () => {
  const { proposalId, entryId } = (await call('POST', 'journal-entries', { body: proposal() })).body as { proposalId: string; entryId: string };

  expect((await call('POST', `journal-entries/proposals/${proposalId}/reject`)).body).toMatchObject({ state: 'WITHDRAWN' });
  const other = (await call('POST', 'journal-entries', { body: proposal() })).body['proposalId'] as string;
  expect((await call('POST', `journal-entries/proposals/${other}/reject`, { as: 'bob/approver' })).body).toMatchObject({ state: 'REJECTED' });

  expect((await call('GET', `journal-entries/proposals/${other}`)).body).toMatchObject({ state: 'REJECTED', proposedBy: 'alice', decisions: [{ event: 'reject', personId: 'bob' }] });
  expect((await call('GET', 'journal-entries/proposals?state=WITHDRAWN')).body['items']).toMatchObject([{ id: proposalId, decidedBy: 'alice' }]);
  expect((await call('GET', `journal-entries/${entryId}`)).status).toBe(404);
});

test('a proposal that nobody decides in time expires, and the audit trail says so', async () => {
  const { proposalId } = (await call('POST', 'journal-entries', { body: proposal() })).body as { proposalId: string };
  ledger.clock.advance(72 * 3_600_000);

  expect((await call('POST', `journal-entries/proposals/${proposalId}/approve`, { as: 'bob/approver' })).body).toMatchObject({ code: 'APPROVAL_EXPIRED' });
  await app.get(ExpireProposals).run();

  expect((await call('GET', `journal-entries/proposals/${proposalId}`)).body).toMatchObject({ state: 'EXPIRED', decisions: [{ event: 'expire', personId: null }] });
  const { rows } = await ledger.test.admin.query<{ content: string }>('SELECT content FROM audit_entry ORDER BY sequence DESC LIMIT 1');
  expect(JSON.parse(rows[0]!.content)).toMatchObject({ action: 'ledger.entry.expire', subject: proposalId, actor: null, after: 'EXPIRED' });
});

test('a reversal takes the same road of two persons, and happens once', async () => {
  const entry = anEntry({ reference: 'WRONG-1' });
  await ledger.post(entry);
  const propose = async () => (await call('POST', `journal-entries/${entry.id}/reverse`, { body: { reason: 'wrong account' } })).body['proposalId'] as string;
  const [one, two] = [await propose(), await propose()];

  expect((await call('POST', `journal-entries/proposals/${one}/approve`, { as: 'bob/approver' })).status).toBe(200);

  expect((await call('POST', `journal-entries/proposals/${two}/approve`, { as: 'bob/approver' })).body).toMatchObject({ code: 'ENTRY_REVERSED_ALREADY' });
  expect(((await call('GET', 'journal-entries?reference=WRONG-1')).body['items'] as unknown[])).toMatchObject([{ id: entry.id }, { reverses: entry.id }]);
});

test('what breaks a rule is refused with its code, and nothing is kept', async () => {
  const line = (account: string, side: string, amount: string) => ({ account, side, amount });
  const cases: [object, string][] = [
    [{ lines: [line('1101.CLIENT', 'DEBIT', '5.00'), line('2001', 'CREDIT', '4.00')] }, 'ENTRY_NOT_BALANCED'],
    [{ lines: [line('1201', 'DEBIT', '5.00'), line('2001', 'CREDIT', '5.00')] }, 'POSTING_TO_PARENT'],
    [{ lines: [line('9001.AVAILABLE', 'DEBIT', '5.00'), line('2001', 'CREDIT', '5.00')] }, 'ENTRY_MIXES_UNITS'],
    [{ lines: [line('2001', 'DEBIT', '5.00'), line('4001', 'CREDIT', '5.00')] }, 'FUNDS_MIXED'],
    [{ lines: [line('no-such', 'DEBIT', '5.00'), line('2001', 'CREDIT', '5.00')] }, 'UNKNOWN_INTERNAL_ACCOUNT'],
    [{ lines: [line('1101.CLIENT', 'DEBIT', '5.000'), line('2001', 'CREDIT', '5.00')] }, 'INVALID_REQUEST'],
    [{ lines: [line('1101.CLIENT', 'DEBIT', '-5.00'), line('2001', 'CREDIT', '5.00')] }, 'INVALID_REQUEST'],
    [{ lines: [line('1101.CLIENT', 'DEBIT', '5.00')] }, 'INVALID_REQUEST'],
    [{ unknown: 1 }, 'INVALID_REQUEST'],
    [{ valueDate: 'yesterday' }, 'INVALID_REQUEST'],
  ];
  for (const [fields, code] of cases) expect((await call('POST', 'journal-entries', { body: proposal(fields) })).body).toMatchObject({ code });
  expect((await call('POST', 'journal-entries', { as: 'v/viewer', body: proposal() })).status).toBe(403);
  expect((await call('POST', 'journal-entries', { body: proposal(), key: '' })).body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REQUIRED' });
  expect((await call('GET', 'internal-accounts/nothing')).body).toMatchObject({ code: 'UNKNOWN_INTERNAL_ACCOUNT' });
  expect((await call('GET', 'internal-accounts/2001/balance?asOf=now')).body).toMatchObject({ code: 'INVALID_REQUEST' });
});

test('a monitor is made once per threshold, listed and taken away', async () => {
  const made = await call('POST', 'balance-monitors', { body: { accountCode: '2002', threshold: '10.00' } });
  expect(made.status).toBe(201);

  expect((await call('POST', 'balance-monitors', { body: { accountCode: '2002', threshold: '10.00' } })).body).toMatchObject({ code: 'BALANCE_MONITOR_EXISTS' });
  expect((await call('GET', 'balance-monitors')).body['items']).toMatchObject([{ accountCode: '2002', threshold: '10.00', createdBy: 'alice' }]);
  const id = made.body['id'] as string;
  expect((await call('DELETE', `balance-monitors/${id}`)).status).toBe(200);
  expect((await call('DELETE', `balance-monitors/${id}`)).body).toMatchObject({ code: 'UNKNOWN_BALANCE_MONITOR' });
});

test('a pending entry is held by one person and posted by another, once', async () => {
  const body = proposal({ reference: 'HOLD-1', expiresAt: '2027-11-21T03:00:00Z' });
  const held = await call('POST', 'pending-entries', { body });
  const pendingId = held.body['id'] as string;
  expect(held).toMatchObject({ status: 201, body: { state: 'PENDING', entryId: null } });
  expect((await call('GET', 'internal-accounts/1101.CLIENT/balance')).body).toMatchObject({ pendingDebit: '500.00' });

  expect((await call('POST', `pending-entries/${pendingId}/post`, { as: 'alice/approver' })).body).toMatchObject({ code: 'MAKER_CANNOT_CHECK' });
  expect((await call('POST', `pending-entries/${pendingId}/post`, { as: 'bob/operator' })).status).toBe(403);
  const posted = await call('POST', `pending-entries/${pendingId}/post`, { as: 'bob/approver' });

  expect(posted.body).toMatchObject({ state: 'POSTED' });
  expect((await call('GET', `journal-entries/${String(posted.body['entryId'])}`)).body).toMatchObject({ reference: 'HOLD-1' });
  expect((await call('POST', `pending-entries/${pendingId}/void`, { body: { reason: 'too late' } })).body).toMatchObject({ code: 'PENDING_ENTRY_SETTLED' });
  expect((await call('GET', 'internal-accounts/1101.CLIENT/balance')).body).toMatchObject({ pendingDebit: '0.00' });
});

test('a pending entry is voided with a reason, listed, and refused when it expires at once or mixes client and own money', async () => {
  const hold = (expiresAt: string) => call('POST', 'pending-entries', { body: proposal({ reference: 'HOLD-2', expiresAt }) });
  const pendingId = (await hold('2027-11-21T03:00:00Z')).body['id'] as string;

  expect((await hold('2026-11-21T02:00:00Z')).body).toMatchObject({ code: 'PENDING_ENTRY_EXPIRES_AT_ONCE' });
  const mixed = proposal({ expiresAt: '2027-11-21T03:00:00Z', lines: [{ account: '1101.CLIENT', side: 'DEBIT', amount: '5.00' }, { account: '3001', side: 'CREDIT', amount: '5.00' }] });
  expect((await call('POST', 'pending-entries', { body: mixed })).body).toMatchObject({ code: 'FUNDS_MIXED' });
  expect((await call('POST', `pending-entries/${pendingId}/void`, { body: {} })).body).toMatchObject({ code: 'INVALID_REQUEST' });
  expect((await call('POST', `pending-entries/${pendingId}/void`, { body: { reason: 'not needed' } })).body).toMatchObject({ state: 'VOIDED' });
  expect((await call('GET', 'pending-entries?reference=HOLD-2')).body['items']).toMatchObject([{ id: pendingId, state: 'VOIDED', heldBy: 'alice' }]);
  expect((await call('GET', 'pending-entries/01993c1e-0000-7000-8000-000000000001')).body).toMatchObject({ code: 'UNKNOWN_PENDING_ENTRY' });
});

test('the bounds of an account are set by two persons, and hold from then on', async () => {
  const opened = { ...accountOpenedV1.example, accountId: '01993c1e-0000-7000-8000-0000000000b7', accountClass: 'OWN_FUND' as const, owner: 'OWN' as const };
  await ledger.database.transaction((tx) => ledger.follow.open(tx, opened));
  const propose = (fields: object = {}) => call('POST', 'internal-accounts/bounds-changes', { body: { accountCode: '1003.0000000000b7', balanceMin: '0.00', balanceMax: '2.00', reason: 'no overdraft', ...fields } });

  expect((await propose({ accountCode: '2001' })).body).toMatchObject({ code: 'ACCOUNT_TAKES_NO_BOUNDS' });
  expect((await propose({ balanceMin: '3.00' })).body).toMatchObject({ code: 'INVALID_REQUEST', violations: [{ field: 'balanceMin' }] });
  const id = (await propose()).body['id'] as string;
  expect((await call('POST', `internal-accounts/bounds-changes/${id}/approve`, { as: 'alice/approver' })).body).toMatchObject({ code: 'MAKER_CANNOT_CHECK' });
  expect((await call('POST', `journal-entries/proposals/${id}/approve`, { as: 'bob/approver' })).body).toMatchObject({ code: 'UNKNOWN_PROPOSAL' });
  expect((await call('POST', `internal-accounts/bounds-changes/${id}/approve`, { as: 'bob/approver' })).body).toMatchObject({ state: 'APPROVED' });

  expect((await call('GET', 'internal-accounts/1003.0000000000b7')).body).toMatchObject({ balanceMin: '0.00', balanceMax: '2.00' });
  expect((await call('GET', 'internal-accounts/bounds-changes?state=APPROVED')).body['items']).toMatchObject([{ id, proposedBy: 'alice', decidedBy: 'bob' }]);
  await expect(ledger.post(anEntry({ from: '3001', to: '1003.0000000000b7' }))).rejects.toMatchObject({ code: 'ACCOUNT_OVERDRAWN' });
  await expect(ledger.post(anEntry({ from: '1003.0000000000b7', to: '3001', amount: 201n }))).rejects.toMatchObject({ code: 'ACCOUNT_ABOVE_MAXIMUM' });
});

test('the books of a day open where the day before closed, and what is in transit is listed by what it is about', async () => {
  await ledger.post(anEntry({ from: '1101.CLIENT', to: '2001', amount: 700n, reference: 'ORDER-1' }), anEntry({ from: '1101.CLIENT', to: '2001', amount: 5n, reference: 'ORDER-2' }));
  const today = (await call('GET', 'trial-balance/2026-11-24')).body as { isOver: boolean; lines: { code: string; opening: string; debit: string; closing: string }[] };
  const next = (await call('GET', 'trial-balance/2026-11-25')).body as typeof today;

  expect([today.isOver, next.isOver]).toEqual([false, false]);
  expect(next.lines.map(({ code, opening }) => [code, opening])).toEqual(today.lines.map(({ code, closing }) => [code, closing]));
  expect((await call('GET', 'trial-balance/2026-11-20')).body).toMatchObject({ isOver: true });
  expect((await call('GET', 'in-transit?limit=1&after=ORDER')).body).toMatchObject({ items: [{ reference: 'ORDER-1', client: '7.00', own: '0.00', valueDate: '2026-11-21' }], next: 'ORDER-1' });
  expect((await call('GET', 'in-transit?after=ORDER-1')).body).toMatchObject({ items: [{ reference: 'ORDER-2', client: '0.05' }], next: null });
});

test('a mirror account is read by value date, an account of events is not, and a date must be one', async () => {
  const opened = { ...accountOpenedV1.example, accountId: '01993c1e-0000-7000-8000-0000000000b8', accountClass: 'OWN_FUND' as const, owner: 'OWN' as const };
  await ledger.database.transaction((tx) => ledger.follow.open(tx, opened));
  const code = '1003.0000000000b8';
  await ledger.post(anEntry({ from: code, to: '3001', amount: 500n, valueDate: '2026-11-20' }), anEntry({ from: '3001', to: code, amount: 200n }), anEntry({ from: code, to: '3001', amount: 70n }));

  const first = (await call('GET', `internal-accounts/${code}/value-days/2026-11-21?limit=1`)).body as { next: string };
  expect(first).toMatchObject({ opening: '5.00', debit: '0.70', credit: '2.00', closing: '3.70', items: [{ credit: '2.00', debit: null }] });
  expect((await call('GET', `internal-accounts/${code}/value-days/2026-11-21?limit=1&after=${first.next}`)).body).toMatchObject({ items: [{ debit: '0.70' }], next: null });

  expect((await call('GET', 'internal-accounts/2001/value-days/2026-11-21')).body).toMatchObject({ code: 'ACCOUNT_HAS_NO_VALUE_DAYS' });
  expect((await call('GET', 'internal-accounts/7777/value-days/2026-11-21')).body).toMatchObject({ code: 'UNKNOWN_INTERNAL_ACCOUNT' });
  for (const day of ['2026-02-30', '1970-01-01', '9999-12-31', 'today']) {
    expect((await call('GET', `trial-balance/${day}`)).body).toMatchObject({ code: 'INVALID_REQUEST' });
    expect((await call('GET', `internal-accounts/${code}/value-days/${day}`)).body).toMatchObject({ code: 'INVALID_REQUEST' });
  }
  expect((await call('GET', 'in-transit?valueDate=2026-13-01')).body).toMatchObject({ code: 'INVALID_REQUEST' });
});

test('the schedule of posting rules shows each rule with its accounts', async () => {
  const { body } = await call('GET', 'posting-rules');

  expect(body['items']).toContainEqual(expect.objectContaining({ kind: 'payout-succeeded', version: 1, validTo: null, moves: [{ debit: '2002', credit: '1201.PAYOUT.PAYABLE' }] }));
  expect(body['items']).toContainEqual(expect.objectContaining({ kind: 'fee-income-arrived', moves: [{ debit: '2001', credit: '1101.CLIENT' }, { debit: '1002.*', credit: '4001' }] }));
});

test('the checks say that the books are whole', async () => {
  expect((await call('GET', 'control-check')).body).toMatchObject({ isClean: true, findings: [] });
  expect((await call('GET', 'chain-check')).body).toMatchObject({ isWhole: true, broken: null, next: null });
  expect((await call('GET', 'trial-balance')).status).toBe(200);
  expect((await call('GET', 'trial-balance?valueDate=2026-11-21')).body).toMatchObject({ asOf: null, sums: [{ unit: 'CNY' }, { unit: 'CNY.QUOTA' }] });
  expect((await call('GET', 'trial-balance?valueDate=2026-11-21&asOf=2026-11-21T00:00:00Z')).body).toMatchObject({ violations: [{ field: 'valueDate', rule: 'stands without asOf' }] });
  expect((await call('GET', 'internal-accounts?parent=9001&limit=2')).body).toMatchObject({ items: [{ code: '9001.AVAILABLE' }, { code: '9001.CONSUMED' }], next: '9001.CONSUMED' });
  expect((await call('GET', 'internal-accounts/2001/statement')).body['items']).not.toEqual([]);
});

test('every route is in the OpenAPI document', () => {
  expect(Object.keys(openApiOf(app, ledgerService).paths).filter((path) => path.startsWith('/v1/'))).toHaveLength(32);
});
