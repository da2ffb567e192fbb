import { createHash, randomUUIDv7, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Refusal, type Violation } from '@jinku/errors';
import type { Envelope } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import type { PayeeCipher } from '@jinku/security';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { CLIENT_KEYS, PAYEE_CIPHER, PAYOUTS_CONFIG, type PayoutsConfig } from '../../config.ts';
import { readRequest } from '../domain/admission.ts';
import { FAULT_SENTENCES, identifyClient, merchantIdOf, readMessage, reasonOf, shownId, toldViolations, type MessageRequest, type QuarantineFault } from '../domain/client-message.ts';
import { shardOf } from '../domain/dispatch-order.ts';
import { QuarantineRepository, type QuarantinedMessage } from '../persistence/quarantine.repository.ts';
import { AdmitPayouts, readPayoutRequest } from './admit-payouts.ts';
import { resultOf, TellResults, type ClientResult } from './tell-results.ts';

/** Requests admitted by one set of statements. */
const ROWS_MAX = 500;

interface Row extends MessageRequest {
  readonly clientId: string;
}

/** Takes clients' messages of payout requests. Every request of a known client is answered by a result; nothing a client sends is parked. */
@Injectable()
export class AdmitMessages {
  constructor(
    private readonly admit: AdmitPayouts,
    private readonly tell: TellResults,
    private readonly quarantine: QuarantineRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CLIENT_KEYS) private readonly keys: ReadonlyMap<string, KeyObject>,
    @Inject(PAYEE_CIPHER) private readonly cipher: PayeeCipher,
    @Inject(PAYOUTS_CONFIG) private readonly config: PayoutsConfig,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute(tx: Tx, messages: readonly Envelope[]): Promise<void> {
    const rows: Row[] = [];
    const results: ClientResult[] = [];
    const quarantined: QuarantinedMessage[] = [];
    for (const message of messages) {
      const { clientId, fault } = identifyClient(message, { keys: this.keys, unsignedClients: this.config.unsignedClients });
      if (fault !== null) {
        quarantined.push(this.#quarantined(message, { clientId, fault, reason: FAULT_SENTENCES[fault] }));
        continue;
      }
      const rejected = (requestId: string, violations: readonly Violation[]): ClientResult => this.#rejected({ clientId, given: null, requestId }, 'INVALID_REQUEST', violations);
      if (message.undecodable !== undefined) {
        quarantined.push(this.#quarantined(message, { clientId, fault: 'UNDECODABLE', reason: message.undecodable }));
        results.push(rejected(shownId(message.id), [violationFrom(message.undecodable)]));
        continue;
      }
      const read = readMessage(message);
      if ('requests' in read) {
        rows.push(...read.requests.map((request) => ({ ...request, clientId })));
        const unnamed = read.requests.filter(({ isNamed }) => !isNamed);
        if (unnamed.length === 0) continue;
        const violations = unnamed.flatMap(({ given, root }) => violationsIn(readRequest(given, root)));
        quarantined.push(this.#quarantined(message, { clientId, fault: 'UNANSWERABLE', reason: reasonOf(violations) }));
      } else {
        quarantined.push(this.#quarantined(message, { clientId, fault: 'UNANSWERABLE', reason: reasonOf(read.violations) }));
        results.push(...read.requestIds.map((requestId) => rejected(requestId, read.violations)));
      }
    }
    for (let start = 0; start < rows.length; start += ROWS_MAX) results.push(...(await this.#admit(tx, rows.slice(start, start + ROWS_MAX))));
    await this.tell.execute(tx, results);
    await this.quarantine.insertMany(tx, quarantined, this.clock.now());
  }

  /** New payouts are told by their admission; here are the answers to all other requests. */
  async #admit(tx: Tx, rows: readonly Row[]): Promise<ClientResult[]> {
    const admissions = await this.admit.execute(tx, rows.map((row) => readPayoutRequest(row.given, row)));
    const at = this.clock.now().toISOString();
    return rows.flatMap((row, index) => {
      const admission = admissions[index];
      if (admission === undefined) return [];
      if (admission instanceof Refusal) return [this.#rejected(row, admission.code, admission.violations)];
      return admission.payout === null ? [] : [resultOf(admission.payout, at)];
    });
  }

  #rejected(row: { clientId: string; given: unknown; requestId: string }, reasonCode: string, violations: readonly Violation[]): ClientResult {
    return {
      clientId: row.clientId,
      shard: shardOf(merchantIdOf(row.given), this.config.shards),
      result: { requestId: row.requestId, state: 'REJECTED', sequence: 1, reasonCode, violations: toldViolations(violations), at: this.clock.now().toISOString() },
    };
  }

  #quarantined(message: Envelope, { clientId, fault, reason }: { clientId: string; fault: QuarantineFault; reason: string }): QuarantinedMessage {
    const quarantineId = randomUUIDv7();
    const body = Buffer.from(message.body);
    this.log.warn('payout-message-quarantined', { quarantineId, messageId: message.id, clientId, fault });
    return {
      quarantineId,
      messageId: databaseText(`${message.source} ${message.id}`),
      clientId: databaseText(clientId),
      fault,
      reason: databaseText(reason),
      jws: message.headers['jws'] === undefined ? null : databaseText(message.headers['jws']),
      bodyHash: createHash('sha256').update(body).digest(),
      bodyBytes: body.length,
      contentCipher: this.cipher.encrypt(message.body, quarantineId),
    };
  }
}

/** `body: is not valid JSON` says the field before the colon and the rule after it. */
function violationFrom(rule: string): Violation {
  const end = rule.indexOf(': ');
  return { field: rule.slice(0, end), rule: rule.slice(end + 2) };
}

function violationsIn(read: unknown): readonly Violation[] {
  return read instanceof Refusal ? read.violations : [];
}

const TEXT_CHARACTERS_MAX = 2_000;

/** What an outside sender wrote, as the database can hold it. */
function databaseText(text: string): string {
  return text.replaceAll('\0', '').slice(0, TEXT_CHARACTERS_MAX);
}
