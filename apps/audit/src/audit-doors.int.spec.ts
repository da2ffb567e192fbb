import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AccountRepository } from './account/persistence/account.repository.ts';
import { AuditForTest, type Answer } from './audit-service.builder.ts';
import { ALPHA, BETA } from './audit-world.builder.ts';
import { BreakRepository } from './break/persistence/break.repository.ts';
import { aBankCsv, aBankCsvText, aCamt053 } from './statement/statement-files.builder.ts';

let audit: AuditForTest;

beforeAll(async () => {
  audit = await AuditForTest.start();
  await audit.database.transaction((tx) => new AccountRepository().upsertMany(tx, [ALPHA, BETA]));
});
afterAll(() => audit.stop());

const upload = (content: Buffer, given: { connectorType?: string; key?: string; roles?: readonly string[] } = {}): Promise<Answer> => {
  const { connectorType = 'BANK_ALPHA', ...call } = given;
  return audit.call('POST', '/v1/audit/statements', { body: { connectorType, fileName: 'statement.xml', content: content.toString('base64') }, ...call });
};

test('a statement is taken once under one key, and shown with its file\'s hash', async () => {
  const key = randomUUID();
  const first = await upload(aCamt053(), { key });
  const again = await upload(aCamt053(), { key });
  const other = await upload(aCamt053({ opening: 1n }), { key });

  expect(first).toMatchObject({ status: 201, body: { state: 'ACCEPTED', faults: [] } });
  expect(again).toEqual(first);
  expect(other).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  const shown = await audit.call('GET', `/v1/audit/statements/${String(first.body['id'])}`);
  expect(shown.body).toMatchObject({ opening: '100.00', closing: '85.00', debitTotal: '15.00', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test('the file itself is for auditors and approvers, and each reading is on record', async () => {
  const { body } = await upload(aCamt053());
  const path = `/v1/audit/statements/${String(body['id'])}/file`;

  expect((await audit.call('GET', path)).status).toBe(403);
  const file = await audit.call('GET', path, { roles: ['auditor'], person: 'auditor-1' });
  expect(Buffer.from(String(file.body['content']), 'base64').equals(aCamt053())).toBe(true);
  expect(await audit.database.query(`SELECT FROM audit_entry WHERE content LIKE '%audit.read-original-file%'`)).toHaveLength(1);
});

test.each([
  ['in the wrong encoding', Buffer.from(aBankCsvText({ accountNumber: BETA.accountNumber })), 'BANK_BETA', 400, 'STATEMENT_UNREADABLE'],
  ['that is no statement', Buffer.from('<html/>'), 'BANK_ALPHA', 400, 'STATEMENT_UNREADABLE'],
  ['of a bank that nobody knows', aCamt053(), 'BANK_OMEGA', 422, 'UNKNOWN_STATEMENT_FORMAT'],
  ['of an account that is not ours', aCamt053({ accountNumber: '1' }), 'BANK_ALPHA', 422, 'ACCOUNT_NOT_REGISTERED'],
])('a file %s is refused with its reason, and nothing of it is kept', async (_, content, connectorType, status, code) => {
  const before = await audit.database.query('SELECT FROM original_file');
  const answer = await upload(content, { connectorType });

  expect(answer).toMatchObject({ status, body: { code } });
  expect(answer.body.violations?.length).toBeGreaterThan(0);
  expect(await audit.database.query('SELECT FROM original_file')).toHaveLength(before.length);
});

test('a statement that does not add up is kept in quarantine, with each fault', async () => {
  const answer = await upload(aBankCsv({ accountNumber: BETA.accountNumber, closing: 1n }), { connectorType: 'BANK_BETA' });

  expect(answer).toMatchObject({ status: 201, body: { state: 'QUARANTINED' } });
  const listed = await audit.call('GET', `/v1/audit/statements?state=QUARANTINED&accountId=${BETA.id}`);
  expect(listed.body.items).toEqual([expect.objectContaining({ id: answer.body['id'], faults: [expect.objectContaining({ field: 'closing' })] })]);
});

test('bad input is refused field by field; who may not write does not', async () => {
  expect(await audit.call('POST', '/v1/audit/statements', { body: { connectorType: 'x', fileName: '../x', content: '!', extra: 1 } })).toMatchObject({
    status: 400,
    body: { violations: expect.arrayContaining([{ field: 'extra', rule: 'is not a known field' }, expect.objectContaining({ field: 'content' }), expect.objectContaining({ field: 'fileName' })]) },
  });
  expect((await audit.call('GET', '/v1/audit/checks?businessDate=2026-02-30')).status).toBe(400);
  expect((await audit.call('GET', '/v1/audit/checks?businessDate=0000-01-01')).status).toBe(400);
  expect((await audit.call('GET', '/v1/audit/checks')).status).toBe(400);
  expect((await upload(aCamt053(), { roles: ['auditor'] })).status).toBe(403);
  expect(await audit.call('POST', '/v1/audit/checks/runs', { body: { businessDate: '2026-11-20' }, key: null })).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY_KEY_REQUIRED' } });
});

test('a day without any feed is shown check by check as not run', async () => {
  const { body } = await audit.call('GET', '/v1/audit/checks?businessDate=2020-01-01');

  expect(body.items?.map(({ check, verdict }) => `${String(check)} ${String(verdict)}`)).toEqual(Array.from({ length: 14 }, (_, index) => `A${index + 1} NOT_RUN`));
  expect((await audit.call('POST', '/v1/audit/checks/runs', { body: { businessDate: '2026-11-20' } })).status).toBe(202);
});

test('pages of breaks follow each other; a break is explained by one person and reviewed by another', async () => {
  const scope = { check: 'A8' as const, subject: 'NETSUNION', scope: 'NETSUNION:2026-11-20', businessDate: '2026-11-20' };
  const found = ['P1', 'P2', 'P3'].map((reference) => ({ key: reference, kind: 'OURS_ONLY' as const, reference, amount: -100n, evidence: { ours: '1.00' } }));
  await audit.database.transaction((tx) => new BreakRepository().insertFound(tx, scope, { found, at: new Date('2026-11-21T02:00:00Z') }));
  const first = await audit.call('GET', '/v1/audit/breaks?limit=2&check=A8');
  const second = await audit.call('GET', `/v1/audit/breaks?limit=2&check=A8&after=${String(first.body['next'])}`);
  expect([...(first.body.items ?? []), ...(second.body.items ?? [])].map(({ reference }) => reference)).toEqual(['P1', 'P2', 'P3']);
  expect((await audit.call('GET', '/v1/audit/breaks/ageing')).body.items).toContainEqual({ kind: 'OURS_ONLY', daysFrom: expect.any(Number), daysTo: expect.anything(), count: 3, amount: '3.00' });

  const path = `/v1/audit/breaks/${String(first.body.items?.[0]?.['id'])}`;
  const act = (what: string, body: unknown, person: string, role: string): Promise<Answer> => audit.call('POST', `${path}/${what}`, { body, person, roles: [role] });
  expect((await act('approve', { note: 'yes' }, 'boss', 'approver')).body).toMatchObject({ code: 'BREAK_NOT_OPEN' });
  expect((await act('assign', { owner: 'clerk' }, 'clerk', 'operator')).body).toMatchObject({ state: 'ADDED' });
  expect((await act('submit', { explanation: 'The house booked it a day later.' }, 'clerk', 'operator')).body).toMatchObject({ state: 'SUBMITTED' });
  expect((await act('approve', { note: 'yes' }, 'clerk', 'approver')).body).toMatchObject({ status: 403, code: 'MAKER_CANNOT_CHECK' });
  expect((await act('reject', { note: 'Which day?' }, 'boss', 'approver')).body).toMatchObject({ state: 'ADDED' });
  expect((await act('submit', { explanation: 'On the 22nd, see the bill.' }, 'clerk', 'operator')).body).toMatchObject({ state: 'SUBMITTED' });
  expect((await act('approve', { note: 'Agreed.' }, 'boss', 'approver')).body).toMatchObject({ state: 'REVIEWED' });
  expect((await act('submit', { explanation: 'again' }, 'clerk', 'operator')).body).toMatchObject({ status: 409, code: 'BREAK_NOT_OPEN' });

  const shown = await audit.call('GET', path);
  expect((shown.body['events'] as { event: string }[]).map(({ event }) => event)).toEqual(['add', 'assign', 'submit', 'reject', 'submit', 'approve']);
  // The same difference found again stays explained.
  await audit.database.transaction((tx) => new BreakRepository().insertFound(tx, scope, { found, at: new Date('2026-11-21T03:00:00Z') }));
  expect((await audit.call('GET', '/v1/audit/breaks?check=A8')).body.items).toHaveLength(2);
});

test('a rule gets its next version by a second person, and of two proposals for one version the second is refused', async () => {
  const [first] = (await audit.call('GET', '/v1/audit/recognition-rules')).body.items ?? [];
  const ruleId = String(first?.['id']);
  const content = { position: 90, name: 'Net of NetsUnion', kind: 'SETTLEMENT', condition: { referencePattern: 'NU:*' }, isInForce: true };
  const propose = (): Promise<Answer> => audit.call('POST', '/v1/audit/recognition-rules/proposals', { body: { ruleId, content, reason: 'New references' } });
  const decide = (proposal: Answer, what: string, person: string): Promise<Answer> =>
    audit.call('POST', `/v1/audit/recognition-rules/proposals/${String(proposal.body['id'])}/${what}`, { person, roles: ['approver'] });
  const [one, two] = [await propose(), await propose()];

  expect(one).toMatchObject({ status: 202, body: { ruleId, version: 2, state: 'PROPOSED' } });
  expect((await decide(one, 'approve', 'clerk')).body).toMatchObject({ code: 'MAKER_CANNOT_CHECK' });
  expect((await decide(one, 'approve', 'boss')).body).toMatchObject({ state: 'APPROVED' });
  expect((await decide(two, 'approve', 'boss')).body).toMatchObject({ code: 'RULE_HAS_CHANGED' });
  expect((await decide(two, 'reject', 'clerk')).body).toMatchObject({ state: 'WITHDRAWN' });
  const versions = await audit.call('GET', `/v1/audit/recognition-rules/${ruleId}/versions`);
  expect(versions.body.items?.map(({ version, position }) => [version, position])).toEqual([[1, 100], [2, 90]]);
});

test('a rule that could know every entry, or whose condition is none, is refused field by field', async () => {
  const content = { position: 1, name: 'All', kind: 'CHARGE', condition: {}, isInForce: true };
  const answer = await audit.call('POST', '/v1/audit/recognition-rules/proposals', { body: { content, reason: 'x' } });

  expect(answer).toMatchObject({ status: 400, body: { violations: [{ field: 'content.condition' }] } });
});
