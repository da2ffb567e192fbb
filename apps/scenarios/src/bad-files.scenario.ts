import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { reportClientObligationsV1, reportFeeAccrualV1, type PayoutRequest } from '@jinku/contracts';
import { createSigner } from '@jinku/security';
import { aRequest } from './a-request.ts';
import { becomes } from './becomes.ts';
import { ACCOUNTS, BUSINESS_DATE } from './day-institution.ts';
import { DayWorld } from './day-world.ts';
import { houseSigner, noticeRequest, type House } from './house-notice.ts';
import { problem, problemIn, type Expected } from './problem-answer.ts';
import { PROFILE } from './profile.ts';
import { knock, type RawAnswer } from './raw-door.ts';
import { signedMessage } from './signed-message.ts';
import { TopicWriter } from './topic-writer.ts';

const HEADER = 'requestId,merchantId,businessLine,amount,accountNumber,accountName,bankCode,purpose,instructionReference';
const FILE_ROWS_MAX = 10_000;
const SIGNATURE_AGE_MAX_MS = 300_000;
/** What refused input must leave as it was. */
const UNTOUCHED = [
  ...['payouts.payout', 'payouts.payout_request', 'payouts.attempt', 'gateway.rail_notice', 'audit.statement', 'audit.original_file', 'audit.statement_entry', 'audit.payout_bill'],
  ...['quotas.reserve_movement', 'quotas.quota_buffer_movement', 'quotas.clearing_session_event', 'ledger.journal_entry'],
];
/** 提现 in GB18030. */
const NOT_UTF_8 = Buffer.from([0xcc, 0xe1, 0xcf, 0xd6]);

jest.setTimeout(180_000);

describe(`bad files, notices and reports on the ${PROFILE} profile`, () => {
  let world: DayWorld;
  let url: string;
  let token: string;
  let before: Record<string, number>;

  beforeAll(async () => {
    // The audit asks nobody by itself: what is in its tables, somebody brought.
    world = await DayWorld.start(PROFILE, { settings: { JINKU_AUDIT_COLLECT_MS: '3600000', JINKU_AUDIT_CHECK_MS: '3600000' } });
    url = world.stack.urls.gateway;
    token = await world.client.accessToken();
    // What the installation still books of its own start is not what bad input did.
    expect(await world.verdict()).toMatchObject({ exitCode: 0 });
  });

  afterAll(async () => {
    await (world as DayWorld | undefined)?.stop();
  });

  beforeEach(async () => {
    before = await world.books.counts(UNTOUCHED);
  });

  async function expectNothingDone(): Promise<void> {
    expect(await world.books.counts(UNTOUCHED)).toEqual(before);
  }

  describe('a file of payouts', () => {
    const rowOf = ({ requestId, merchantId, businessLine, amount, payee, purpose, instructionReference }: PayoutRequest): string =>
      [requestId, merchantId, businessLine, amount, payee.accountNumber, payee.accountName, payee.bankCode, purpose, instructionReference].join();
    const send = async (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> =>
      await knock(url, { path: '/v1/payouts/files', token, body, headers: { 'content-type': 'text/csv', ...headers } });

    test.each<[string, () => string | Uint8Array, Expected]>([
      ['in another encoding', () => Buffer.concat([Buffer.from(`${HEADER}\n${rowOf(aRequest())},`), NOT_UTF_8]), { status: 400, code: 'INVALID_REQUEST', field: 'body' }],
      ['without a header', () => '', { status: 400, code: 'INVALID_REQUEST', field: 'body' }],
      ['without a row', () => HEADER, { status: 400, code: 'INVALID_REQUEST', field: 'body' }],
      ['with a column that does not exist', () => `${HEADER},urgent\n${rowOf(aRequest())},1`, { status: 400, code: 'INVALID_REQUEST', field: 'header.urgent' }],
      ['without its amounts', () => `${HEADER.replace('amount,', '')}\n${rowOf(aRequest())}`, { status: 400, code: 'INVALID_REQUEST', field: 'header.amount' }],
      ['that ends within a quote', () => `${HEADER}\n${rowOf(aRequest())}\n"open`, { status: 400, code: 'INVALID_REQUEST', field: 'row 3' }],
      ['of 10,001 rows', () => `${HEADER}\n${`${rowOf(aRequest())}\n`.repeat(FILE_ROWS_MAX + 1)}`, { status: 413, code: 'FILE_TOO_LONG', field: 'body' }],
    ])('%s is refused as a whole', async (_, body, expected) => {
      expect(problemIn(await send(body()))).toEqual(problem(expected));
      await expectNothingDone();
    });

    test('that is no CSV by its own word is refused, and so is one of an auditor', async () => {
      expect(problemIn(await send(`${HEADER}\n${rowOf(aRequest())}`, { 'content-type': 'text/plain' }))).toEqual(problem({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', field: 'content-type' }));
      expect((await world.knock('auditor', { path: '/v1/payouts/files', body: HEADER, headers: { 'content-type': 'text/csv' } })).status).toBe(403);
      await expectNothingDone();
    });

    test('with bad rows has each refused by its number and column, and the others are paid once, however often it is sent', async () => {
      const good = [aRequest({ amount: '11.00' }), aRequest({ amount: '12.00' })] as const;
      const { payee } = aRequest();
      const rows = [
        rowOf(good[0]),
        rowOf(aRequest({ amount: '1.234' })),
        rowOf(aRequest({ merchantId: 'M99999' })),
        rowOf(aRequest({ payee: { ...payee, bankCode: '999999999999' } })),
        `${rowOf(aRequest())},more`,
        rowOf(good[1]),
      ];
      const [file, key] = [`${HEADER}\n${rows.join('\n')}\n`, randomUUID()];
      const [first, again, otherKey] = [await send(file, { 'idempotency-key': key }), await send(file, { 'idempotency-key': key }), await send(file)];
      const reused = await send(`${file}${rowOf(aRequest())}\n`, { 'idempotency-key': key });

      expect(first).toMatchObject({ status: 200, body: { rows: 6, accepted: 2, known: 0 } });
      const refused = first.body['refused'] as { row: number; refusal: { code: string; violations: { field: string }[] } }[];
      expect(refused.map(({ row, refusal: { code, violations } }) => `${row} ${code} ${violations[0]?.field}`)).toEqual(['3 INVALID_REQUEST amount', '4 UNKNOWN_MERCHANT merchantId', '5 UNKNOWN_BANK bankCode', '6 INVALID_REQUEST row']);
      expect(again.body).toEqual(first.body);
      expect(otherKey.body).toMatchObject({ rows: 6, accepted: 2, known: 2 });
      expect(reused.body['code']).toBe('IDEMPOTENCY_KEY_REUSED');
      await becomes(async () => world.books.rails('SELECT amount_minor FROM rails.executed_payout ORDER BY amount_minor'), [{ amount_minor: '1100' }, { amount_minor: '1200' }]);
      expect(await world.verdict()).toMatchObject({ exitCode: 0 });
    });
  });

  describe('a statement or bill that a person brings', () => {
    const upload = async (content: string | Buffer, change: object = {}): Promise<RawAnswer> =>
      await world.knock('operator', { path: '/v1/audit/statements', body: { connectorType: 'BANK_ALPHA', fileName: 'statement.xml', content: Buffer.from(content).toString('base64'), ...change } });

    test.each<[string, () => Promise<RawAnswer>, Expected]>([
      ['that is no XML', () => upload('not a statement'), { status: 400, code: 'STATEMENT_UNREADABLE', field: 'content.file' }],
      ['in another encoding', () => upload(Buffer.concat([Buffer.from(camt053({})), NOT_UTF_8])), { status: 400, code: 'STATEMENT_UNREADABLE', field: 'content.file' }],
      ['that breaks off', () => upload(camt053({}).slice(0, -40)), { status: 400, code: 'STATEMENT_UNREADABLE', field: 'content.file' }],
      ['with a document type', () => upload(camt053({}).replace('<Document', '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document')), { status: 400, code: 'STATEMENT_UNREADABLE', field: 'content.file' }],
      ['of an account that is not ours', () => upload(camt053({ accountNumber: '6222020200012345678' })), { status: 422, code: 'ACCOUNT_NOT_REGISTERED', field: 'content' }],
      ['of a bank that nobody knows', () => upload(camt053({}), { connectorType: 'BANK_GAMMA' }), { status: 422, code: 'UNKNOWN_STATEMENT_FORMAT', field: 'connectorType' }],
      ['that is not base64', () => upload('', { content: '%%%%' }), { status: 400, code: 'INVALID_REQUEST', field: 'content' }],
      ['above the limit', () => upload('', { content: 'A'.repeat(1_000_004) }), { status: 400, code: 'INVALID_REQUEST', field: 'content' }],
    ])('%s is refused, and nothing of it is kept', async (_, ask, expected) => {
      expect(problemIn(await ask())).toEqual(problem(expected));
      await expectNothingDone();
    });

    test('is no client\'s to bring, nor an auditor\'s', async () => {
      for (const bearer of [token, world.tokenOf('auditor')]) expect((await knock(url, { path: '/v1/audit/statements', token: bearer, body: {} })).status).toBe(403);
      await expectNothingDone();
    });

    test('that does not add up is quarantined whole: kept with its faults, and nothing of it is booked', async () => {
      const { status, body } = await upload(camt053({ credits: '99.00' }));

      expect({ status, state: body['state'] }).toEqual({ status: 201, state: 'QUARANTINED' });
      expect(body['faults']).toEqual([expect.objectContaining({ field: 'control.credit' })]);
      const kept = { 'audit.statement': (before['audit.statement'] ?? 0) + 1, 'audit.original_file': (before['audit.original_file'] ?? 0) + 1 };
      expect(await world.books.counts(UNTOUCHED)).toEqual({ ...before, ...kept });
    });

    test('a payout bill whose lines are not what its head says is refused', async () => {
      const head = ['clearingHouse,NETSUNION', `clearingDate,${BUSINESS_DATE}`, 'lineCount,2', 'payoutTotal,11.00', 'returnTotal,0.00'];
      const lines = ['serialNumber,amount,status,railReference,executedAt', `JINKU001,11.00,SUCCEEDED,N1,${BUSINESS_DATE}T04:00:00Z`];
      const answer = await world.knock('operator', { path: '/v1/audit/payout-bills', body: { fileName: 'bill.csv', content: Buffer.from([...head, ...lines].join('\n')).toString('base64') } });

      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(problemIn(answer)).toMatchObject({ isWhole: true, field: 'content.lineCount', namesRules: true });
      await expectNothingDone();
    });
  });

  describe.each<House>(['netsunion', 'unionpay'])('a notice at the door of %s', (house) => {
    const path = `/notices/${house}`;
    /** A session that nobody has cut. */
    const cut = (): string =>
      house === 'netsunion'
        ? JSON.stringify({ noticeId: randomUUID(), kind: 'SESSION_RESULT', serialNumber: null, status: null, code: null, amount: null, clearingDate: BUSINESS_DATE, railReference: null, occurredAt: Date.now() })
        : JSON.stringify({ notifyId: randomUUID(), notifyType: 'SESSION_RESULT', orderId: null, respCode: null, txnAmt: null, settleDate: BUSINESS_DATE.replaceAll('-', ''), queryId: null, occurredAt: Date.now() });
    const moved = (): string =>
      JSON.stringify({
        ...{ noticeId: randomUUID(), kind: 'RESERVE_MOVED', serialNumber: '999999', status: null, code: null, amount: '1000000.00', clearingDate: null, railReference: null, occurredAt: Date.now() },
        reserve: { direction: 'CREDIT', balanceAfter: '51000000.00', payerReference: null, purpose: null },
      });

    test('is believed only when the house has just signed it for this door', async () => {
      const [signer, stranger] = [houseSigner(world, house), createSigner({ algorithm: 'HMAC-SM3', keyId: 'house.hmac', secret: randomBytes(32) })];
      const other = houseSigner(world, house === 'netsunion' ? 'unionpay' : 'netsunion');
      for (const lie of [cut(), moved()]) {
        const requests = [
          { path, body: lie },
          await noticeRequest(stranger, lie, { path }),
          await noticeRequest(other, lie, { path }),
          await noticeRequest(signer, lie, { path, timestampMs: Date.now() - SIGNATURE_AGE_MAX_MS - 1_000 }),
          await noticeRequest(signer, lie, { path, signedPath: '/notices/elsewhere' }),
          { ...(await noticeRequest(signer, lie, { path })), body: lie.replace('2026', '2025').replace('1000000.00', '2000000.00') },
        ];
        const answers = await Promise.all(requests.map(async (request) => problemIn(await knock(url, request))));
        expect(answers).toEqual(requests.map(() => problem({ status: 401, code: 'NOTICE_NOT_SIGNED' })));
      }
      await expectNothingDone();
    });

    test('about a session that was not cut moves nothing: the house is asked, and says so', async () => {
      expect((await knock(url, await noticeRequest(houseSigner(world, house), cut(), { path }))).status).toBe(200);

      expect(await world.books.counts(UNTOUCHED)).toEqual({ ...before, 'gateway.rail_notice': (before['gateway.rail_notice'] ?? 0) + 1 });
      const states = await world.books.ours<{ state: string }>('SELECT DISTINCT state FROM quotas.clearing_session WHERE clearing_house = $1 AND clearing_date = $2', [house.toUpperCase(), BUSINESS_DATE]);
      expect(states.every(({ state }) => state === 'OPEN')).toBe(true);
    });

    test('that its house signed and nobody can read is refused and kept', async () => {
      const fields = JSON.parse(cut()) as Record<string, unknown>;
      const unreadable = ['{"noticeId": ', '[]', JSON.stringify({ ...fields, kind: 'LOST', notifyType: 'LOST' }), JSON.stringify({ ...fields, clearingDate: 'soon', settleDate: 'soon' })];
      if (house === 'netsunion') unreadable.push(moved().replace('"CREDIT"', '"SIDEWAYS"'), moved().replace('"51000000.00"', '51000000'), moved().replace(/,"reserve".*$/, '}'));
      else unreadable.push(moved());
      for (const body of unreadable) expect(problemIn(await knock(url, await noticeRequest(houseSigner(world, house), body, { path })))).toEqual(problem({ status: 400, code: 'NOTICE_UNREADABLE' }));
      await expectNothingDone();
    });
  });

  test('a movement of the reserve that its house tells again counts once, and with other content it is kept for a person', async () => {
    const bufferMovements = async (): Promise<number> => (await world.books.counts(['quotas.quota_buffer_movement']))['quotas.quota_buffer_movement'] ?? 0;
    await world.rail.call({ method: 'POST', path: '/admin/central-bank/movements', body: { direction: 'CREDIT', amount: '10.00', counterparty: 'somebody' } });
    await becomes(bufferMovements, (before['quotas.quota_buffer_movement'] ?? 0) + 1);
    const [told] = await world.books.ours<{ body: string }>("SELECT body FROM gateway.rail_notice WHERE kind = 'RESERVE_MOVED' ORDER BY received_at DESC LIMIT 1");
    const body = told?.body ?? '';
    const statuses: number[] = [];
    for (const again of [body, body, body.replace('"10.00"', '"1000.00"')]) statuses.push((await knock(url, await noticeRequest(houseSigner(world), again))).status);

    expect(statuses).toEqual([200, 200, 200]);
    const [other] = await world.books.ours<{ count: string }>("SELECT count(*) AS count FROM gateway.quarantined_notice WHERE fault = 'OTHER_CONTENT'");
    expect(other?.count).toBe('1');
    expect(await bufferMovements()).toBe((before['quotas.quota_buffer_movement'] ?? 0) + 1);
    const { balance } = await world.rail.call<{ balance: string }>({ path: '/admin/central-bank/reserve' });
    expect(balance).toBe(ACCOUNTS.reserve.openingBalance.replace('00.00', '10.00'));
  });

  test.each([
    { what: 'accrued fees', contract: reportFeeAccrualV1, amount: 'accruedTotal', counted: 'SELECT accrued_total AS total FROM transfers.fee_accrual', kept: 'transfers.quarantined_fee_accrual', first: '50000000' },
    { what: 'what clients are owed', contract: reportClientObligationsV1, amount: 'obligationsTotal', counted: 'SELECT total FROM audit.client_obligations', kept: 'audit.quarantined_obligations', first: undefined },
  ])('a report of $what that is not signed, or breaks a rule, counts nothing and is kept with field and rule; the next one counts', async ({ contract, amount, counted, kept, first }) => {
    const report = (change: object): string => JSON.stringify({ businessDate: BUSINESS_DATE, sequence: 50, [amount]: '9999999.00', asOf: world.clock.now().toISOString(), ...change });
    const total = async (): Promise<string | undefined> => (await world.books.ours<{ total: string }>(counted))[0]?.total;
    const send = async (body: string): Promise<void> => expect((await knock(url, await signedMessage(world, contract, body))).status).toBe(202);
    for (const change of [{ [amount]: '1.234' }, { sequence: -1 }, { businessDate: '2026-02-30' }, { urgent: true }]) await send(report(change));
    const topic = await TopicWriter.open(world.stack, contract);
    for (const headers of [{}, { clientid: 'settlement' }, { clientid: 'settlement', jws: world.client.signatureOf(report({ sequence: 51 })) }]) await topic.append({ key: 'key', value: report({}), headers });
    await topic.close();

    const faults = async (): Promise<string[]> => (await world.books.ours<{ fault: string; reason: string }>(`SELECT fault, reason FROM ${kept}`)).map(({ fault, reason }) => `${fault} ${reason.split(':')[0]}`).toSorted();
    await becomes(faults, ['BAD_SIGNATURE header jws', `INVALID ${amount}`, 'INVALID businessDate', 'INVALID sequence', 'INVALID urgent', 'NO_CLIENT header clientid', 'NOT_SIGNED header jws'].toSorted());
    expect(await total()).toBe(first);
    await send(report({ sequence: 60, [amount]: '500001.00' }));
    await becomes(total, '50000100');
  });

  test('after all of it the books agree', async () => {
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });
});

/** A statement of the prepaid-card account with one credit of 100.00. */
function camt053({ accountNumber = ACCOUNTS['prepaid-card'].accountNumber as string, credits = '100.00' }): string {
  const date = '2026-11-20';
  const balance = (code: string, amount: string): string => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${date}</Dt></Dt></Bal>`;
  const entry = `<Ntry><NtryRef>A1</NtryRef><Amt Ccy="CNY">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>${date}T10:00:00+08:00</DtTm></BookgDt><ValDt><Dt>${date}</Dt></ValDt><AcctSvcrRef>A1</AcctSvcrRef></Ntry>`;
  const totals = `<TxsSummry><TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>${credits}</Sum></TtlCdtNtries></TxsSummry>`;
  const account = `<Acct><Id><Othr><Id>${accountNumber}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>`;
  return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>${account}${balance('OPBD', '0.00')}${balance('CLBD', '100.00')}${totals}${entry}</Stmt></BkToCstmrStmt></Document>`;
}
