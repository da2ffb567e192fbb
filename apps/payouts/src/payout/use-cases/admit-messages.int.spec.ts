import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '@jinku/calendar';
import { requestPayoutsV1, type PayoutResultsReportedV1 } from '@jinku/contracts';
import { createMessageLog, envelopeHeaders, MessageBatchStrategy, migrateBus, type LogRecord, type MessageBatch, type MessageLog } from '@jinku/messaging';
import type { Database } from '@jinku/persistence';
import { signDetached } from '@jinku/security';
import { describeWith, eventually, requireKafka, testDatabase } from '@jinku/testing';
import { MIGRATIONS } from '../../migrations/index.ts';
import { PayoutsWorld, resetPayouts, type TestDatabase } from '../../payouts-world.builder.ts';
import { anyPayoutRequestsV1 } from '../domain/client-message.ts';
import { aRequest } from '../payout.builder.ts';
import { ListQuarantinedMessages, type QuarantinedMessageView } from '../queries/list-quarantined-messages.ts';
import { AdmitMessages } from './admit-messages.ts';

const client = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const kafka = await requireKafka();
let testing: TestDatabase;
let database: Database;
let world: PayoutsWorld;

beforeAll(async () => {
  testing = await testDatabase({ services: [{ name: 'payouts', migrations: MIGRATIONS }], shared: [migrateBus] });
  database = await testing.open('payouts', { poolMax: 10 });
  world = await PayoutsWorld.on(database, { clientKeys: new Map([['settlement', client.publicKey]]) });
}, 60_000);
afterAll(() => testing?.drop());

describe('on the log in PostgreSQL', () => suite(() => createMessageLog({ profile: 'embedded', database, kafkaBrokers: [], clientId: 'spec', log: silent })));
describeWith(kafka)('on Kafka', () => suite(() => createMessageLog({ profile: 'cluster', database, kafkaBrokers: kafka?.brokers ?? [], clientId: 'spec', log: silent })));

function suite(connect: () => Promise<MessageLog>): void {
  let log: MessageLog;
  let topic: string;
  let end: () => Promise<void>;

  beforeEach(async () => {
    await resetPayouts(testing);
    log = await connect();
    const consumer = `payouts.requests-${randomUUID()}`;
    topic = `settlement.requests-${randomUUID()}`;
    const strategy = new MessageBatchStrategy({ service: 'payouts', database, messageLog: log, log: silent, retry: { firstPauseMs: 5 } });
    const handle = (batch: MessageBatch): Promise<void> => world.get(AdmitMessages).execute(batch.tx, batch.messages);
    strategy.addHandler(topic, handle, true, { jinku: { consumer, contracts: [{ ...anyPayoutRequestsV1, topic }] } });
    await new Promise<void>((resolve, reject) => void strategy.listen((error) => (error === undefined ? resolve() : reject(error as Error))));
    end = async () => {
      await strategy.close();
      await log.close();
    };
  }, 30_000);
  afterEach(() => end(), 30_000);

  /** A record as the client would send it; `change` puts other headers in. */
  const recordOf = (value: string, change: Record<string, string | undefined> = {}): LogRecord => {
    const jws = signDetached({ keyId: 'settlement', privateKey: client.privateKey, payload: value });
    const fields = { id: randomUUID(), type: requestPayoutsV1.name, source: '/clients/settlement', time: systemClock.now(), subject: 'M10001' };
    const headers: Record<string, string | undefined> = { ...envelopeHeaders({ ...fields, context: { headers: { clientid: 'settlement', jws } } }), ...change };
    return { topic, key: 'M10001', value, headers: Object.fromEntries(Object.entries(headers).flatMap(([name, header]) => (header === undefined ? [] : [[name, header]]))) };
  };
  const messageOf = (requests: readonly unknown[], more: Record<string, unknown> = {}): string => JSON.stringify({ messageKey: 'M10001', requests, ...more });

  /** Appends the records and behind them, under the same key, a good one; resolves when that one was admitted. */
  const append = async (...records: readonly LogRecord[]): Promise<void> => {
    const last = aRequest();
    await log.append([...records, recordOf(messageOf([last]))]);
    await eventually(async () => expect(await admitted()).toContain(last.requestId), { withinMs: 10_000 });
  };
  const admitted = async (): Promise<string[]> => (await world.query<{ id: string }>('SELECT request_id AS id FROM payout')).map(({ id }) => id);
  const rejected = async () =>
    (await world.told<PayoutResultsReportedV1>('payouts.payout-results-reported.v1')).flatMap(({ results }) => results).filter(({ state }) => state === 'REJECTED');
  const quarantined = (): Promise<QuarantinedMessageView[]> => world.get(ListQuarantinedMessages).execute({ limit: 100 });
  /** Messages of one batch are kept in one instant, so their order says nothing. */
  const faults = async (): Promise<string[]> => (await quarantined()).map(({ fault, reason }) => `${fault} ${reason}`).sort();

  afterEach(async () => expect(await world.query('SELECT failure FROM parked_message')).toEqual([]));

  test('each request of a message is judged on its own: the valid ones are admitted, the others told field and rule', async () => {
    const [good, negative, unknownField, alsoGood] = [aRequest(), aRequest({ amount: '-1.00' }), { ...aRequest(), urgent: true }, aRequest()];

    await append(recordOf(messageOf([good, negative, unknownField, alsoGood])));

    expect(await admitted()).toEqual(expect.arrayContaining([good.requestId, alsoGood.requestId]));
    expect(await rejected()).toMatchObject([
      { requestId: negative.requestId, reasonCode: 'INVALID_REQUEST', violations: [{ field: 'requests[1].amount' }] },
      { requestId: unknownField.requestId, reasonCode: 'INVALID_REQUEST', violations: [{ field: 'requests[2].urgent', rule: 'is not a known field' }] },
    ]);
    expect(await quarantined()).toEqual([]);
  });

  test('what nobody signed is quarantined and not answered, be it a message or not', async () => {
    const body = messageOf([aRequest()]);
    const forgery = (payload: string): string => signDetached({ keyId: 'settlement', privateKey: stranger.privateKey, payload });

    await append(
      recordOf(body, { jws: forgery(body) }),
      recordOf('{"not', { jws: forgery('{"not') }),
      recordOf(`${body} `, { jws: recordOf(body).headers['jws'] }),
      recordOf(body, { jws: undefined }),
      recordOf(body, { clientid: 'stranger' }),
      recordOf(body, { clientid: undefined }),
    );

    expect(await faults()).toEqual([
      'BAD_SIGNATURE header jws: is a detached JWS of the client over the body',
      'BAD_SIGNATURE header jws: is a detached JWS of the client over the body',
      'BAD_SIGNATURE header jws: is a detached JWS of the client over the body',
      'NOT_SIGNED header jws: is missing',
      'NO_CLIENT header clientid: is missing',
      'UNKNOWN_CLIENT header clientid: is the id of a registered client',
    ]);
    expect(await rejected()).toEqual([]);
    expect(await admitted()).toHaveLength(1);
  });

  test('a client\'s own bytes that are no message are quarantined with the reason, and told under the id of the message', async () => {
    const broken = recordOf('{"messageKey":"M10001","requests":[');
    const body = messageOf([aRequest()]);

    await append(
      broken,
      broken,
      recordOf(body, { ce_type: undefined }),
      recordOf(body, { ce_type: 'settlement.request-payouts.v9' }),
      recordOf(body, { ce_time: 'yesterday' }),
      recordOf(body, { ce_id: undefined }),
      recordOf(''),
    );

    expect(await faults()).toEqual([
      'UNDECODABLE body: is not valid JSON',
      'UNDECODABLE body: is not valid JSON',
      'UNDECODABLE header ce_id: is missing',
      'UNDECODABLE header ce_time: is not an instant',
      'UNDECODABLE header ce_type: is missing',
      'UNDECODABLE header ce_type: names no message of this topic',
    ]);
    const told = await rejected();
    expect(told).toHaveLength(6);
    expect(told[0]).toMatchObject({ requestId: broken.headers['ce_id'], violations: [{ field: 'body', rule: 'is not valid JSON' }] });
    expect(await admitted()).toHaveLength(1);
  });

  test('a message that is not well formed around its requests admits none, is quarantined, and its readable requests are told so', async () => {
    const [one, other] = [aRequest(), aRequest()];
    const tooMany = Array.from({ length: 501 }, () => ({}));

    await append(recordOf('[1]'), recordOf('"text"'), recordOf('null'), recordOf(messageOf([one], { urgent: true })), recordOf(messageOf([])), recordOf(messageOf([other, ...tooMany])));

    expect(await faults()).toEqual([
      'UNANSWERABLE body: Invalid input: expected object, received array',
      'UNANSWERABLE body: Invalid input: expected object, received null',
      'UNANSWERABLE body: Invalid input: expected object, received string',
      'UNANSWERABLE requests: has at least one request',
      'UNANSWERABLE requests: has at most 500 requests',
      'UNANSWERABLE urgent: is not a known field',
    ]);
    expect((await rejected()).map(({ requestId }) => requestId)).toEqual(expect.arrayContaining([one.requestId, other.requestId]));
    expect(await rejected()).toHaveLength(8);
    expect(await admitted()).toHaveLength(1);
  });

  test('a request without request id or merchant hurts no other of its message, is told under its place, and keeps the message for a person', async () => {
    const good = aRequest();
    const { requestId: _requestId, ...nameless } = aRequest();
    const record = recordOf(messageOf([7, good, nameless, { ...aRequest({ requestId: 'REQ-NO-MERCHANT' }), merchantId: 5 }]));

    await append(record);

    const id = record.headers['ce_id'] ?? '';
    expect(await admitted()).toContain(good.requestId);
    expect((await rejected()).map(({ requestId }) => requestId)).toEqual([`${id}[0]`, `${id}[2]`, 'REQ-NO-MERCHANT']);
    expect(await quarantined()).toMatchObject([{ fault: 'UNANSWERABLE', reason: expect.stringMatching(/^requests\[0\]: .*; requests\[2\]\.requestId: .*; requests\[3\]\.merchantId: /) }]);
  });

  test('a flood of made-up fields gets an answer of bounded size', async () => {
    const fields = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`${n}`.padEnd(400, 'x'), 1]));

    await append(recordOf(messageOf(Array.from({ length: 5 }, () => ({ ...aRequest(), ...fields })))));

    const told = await rejected();
    expect(told).toHaveLength(5);
    expect(JSON.stringify(told).length).toBeLessThan(10_000);
  });

  test('the original is kept encrypted with its hash, and is shown without what names a payee', async () => {
    const body = messageOf([aRequest()]);

    await append(recordOf(body, { clientid: 'stranger' }));

    const [view] = await quarantined();
    const [row] = await world.query<{ content_cipher: string }>('SELECT content_cipher FROM quarantined_request');
    const shown = await world.get(ListQuarantinedMessages).find(view?.id ?? '');
    expect(view).toMatchObject({ clientId: 'stranger', bodyBytes: Buffer.byteLength(body), bodyHash: createHash('sha256').update(body).digest('hex') });
    expect(row?.content_cipher).not.toContain('6222020200012345678');
    expect(shown?.text).toContain('"accountNumber":"6222****5678"');
    expect(shown?.text).toContain('"accountName":"**"');
  });
}
