import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '@jinku/calendar';
import { Acknowledgements, type Stack } from '@jinku/cli';
import { payoutResultsReportedV1, requestPayoutsV1, Topic, type PayoutRequest } from '@jinku/contracts';
import { createKafkaMessageLog, envelopeHeaders, type LogRecord, type MessageLog, type RecordBatch } from '@jinku/messaging';
import { readEd25519PrivateKey, signDetached } from '@jinku/security';

const CLIENT_ID = 'settlement';
const REQUESTS_PER_MESSAGE = 200;
/** Requests on their way at once: enough to fill every batch, little enough to say that the rate is sustained. */
const UNDER_WAY_MAX = 6_000;
const MESSAGES_AT_ONCE = 4;
const DRAINED_WITHIN_MS = 60_000;
const RESULT_MESSAGES_MAX = 500;
const RESULTS_MIN_BYTES = 131_072;
/** Counted in the text: reading a result as an object would cost the machine as much as making it. */
const FINAL = /"state":"(?:SUCCEEDED|FAILED|REJECTED|CANCELLED|EXPIRED)"/g;

/** The settlement service under pressure, on Kafka itself: sends as long as little enough is under way, and reads every result. */
export class PayoutLoad {
  readonly #log: MessageLog;
  readonly #acknowledgements: Acknowledgements;
  readonly #templates: readonly PayoutRequest[];
  readonly #sign: (payload: string) => string;
  #sent = 0;
  #finals = 0;

  private constructor(stack: Stack, log: MessageLog, templates: readonly PayoutRequest[]) {
    this.#log = log;
    this.#templates = templates;
    this.#acknowledgements = new Acknowledgements(stack.env['JINKU_RAILS_DATABASE_URL'] ?? '', stack.databaseSecret);
    const privateKey = readEd25519PrivateKey(CLIENT_ID, readFileSync(join(stack.keysDir, 'clients', `${CLIENT_ID}.key`), 'utf8'));
    this.#sign = (payload) => signDetached({ keyId: CLIENT_ID, privateKey, payload });
  }

  static async connect(stack: Stack, templates: readonly PayoutRequest[]): Promise<PayoutLoad> {
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const brokers = (stack.env['JINKU_KAFKA_BROKERS'] ?? '').split(',');
    const log = await createKafkaMessageLog({ brokers, clientId: 'settlement-bench', log: silent });
    const load = new PayoutLoad(stack, log, templates);
    await log.subscribe({
      group: 'settlement-bench',
      topics: [Topic.PAYOUT_RESULTS],
      maxBatch: RESULT_MESSAGES_MAX,
      fetchMinBytes: RESULTS_MIN_BYTES,
      onBatch: (batch) => load.#count(batch),
    });
    return load;
  }

  get finals(): number {
    return this.#finals;
  }

  get isDrained(): boolean {
    return this.#finals >= this.#sent;
  }

  async run(durationMs: number): Promise<void> {
    const until = performance.now() + durationMs;
    while (performance.now() < until) {
      if (this.#sent - this.#finals > UNDER_WAY_MAX) await pause(5);
      else await this.#sendSome();
    }
  }

  async drain(): Promise<void> {
    const until = performance.now() + DRAINED_WITHIN_MS;
    while (!this.isDrained && performance.now() < until) await pause(20);
  }

  async close(): Promise<void> {
    await this.#log.close();
    await this.#acknowledgements.close();
  }

  async #sendSome(): Promise<void> {
    const messages = Array.from({ length: MESSAGES_AT_ONCE }, () => this.#nextRequests());
    await this.#log.append(messages.map((requests) => this.#record(requests)));
    await this.#acknowledgements.record(messages.flat().map(({ requestId }) => ({ requestId, payoutId: null })), 'MESSAGE');
  }

  #nextRequests(): PayoutRequest[] {
    const requests = Array.from({ length: REQUESTS_PER_MESSAGE }, (_, index): PayoutRequest => {
      const template = this.#templates[(this.#sent + index) % this.#templates.length] as PayoutRequest;
      return { ...template, requestId: `BENCH-${String(this.#sent + index).padStart(10, '0')}` };
    });
    this.#sent += requests.length;
    return requests;
  }

  #record(requests: readonly PayoutRequest[]): LogRecord {
    const messageKey = requests[0]?.merchantId ?? '';
    const value = JSON.stringify({ messageKey, requests });
    const headers = envelopeHeaders({
      id: randomUUID(),
      type: requestPayoutsV1.name,
      source: `/clients/${CLIENT_ID}`,
      time: systemClock.now(),
      subject: messageKey,
      context: { headers: { clientid: CLIENT_ID, jws: this.#sign(value) } },
    });
    return { topic: Topic.PAYOUT_REQUESTS, key: messageKey, value, headers };
  }

  #count({ records }: RecordBatch): Promise<void> {
    for (const { value, headers } of records) {
      if (headers['ce_type'] !== payoutResultsReportedV1.name) continue;
      this.#finals += value.match(FINAL)?.length ?? 0;
    }
    return Promise.resolve();
  }
}
