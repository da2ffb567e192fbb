import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Refusal, type Violation } from '@jinku/errors';
import type { Envelope } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { CLIENT_KEYS, PAYOUTS_CONFIG, type PayoutsConfig } from '../../config.ts';
import { identifyClient, merchantIdOf, readMessage, requestIdOf } from '../domain/client-message.ts';
import { shardOf } from '../domain/dispatch-order.ts';
import { QuarantineRepository } from '../persistence/quarantine.repository.ts';
import { AdmitPayouts, readPayoutRequest } from './admit-payouts.ts';
import { resultOf, TellResults, type ClientResult } from './tell-results.ts';

/** Requests admitted by one set of statements. */
const ROWS_MAX = 500;

interface Row {
  readonly clientId: string;
  readonly root: string;
  readonly given: unknown;
  readonly requestId: string;
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
    @Inject(PAYOUTS_CONFIG) private readonly config: PayoutsConfig,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute(tx: Tx, messages: readonly Envelope[]): Promise<void> {
    const rows: Row[] = [];
    const results: ClientResult[] = [];
    for (const message of messages) {
      const { clientId, fault } = identifyClient(message, { keys: this.keys, unsignedClients: this.config.unsignedClients });
      if (fault !== null) {
        await this.quarantine.insert(tx, { message, clientId, fault, now: this.clock.now() });
        this.log.warn('payout-message-quarantined', { messageId: message.id, clientId, fault });
        continue;
      }
      const read = readMessage(message);
      if ('requests' in read) {
        read.requests.forEach((given, at) => {
          const root = `requests[${at}]`;
          rows.push({ clientId, root, given, requestId: requestIdOf(given, `${message.id}[${at}]`) });
        });
      } else for (const requestId of read.requestIds) results.push(this.#rejected({ clientId, given: null, requestId }, 'INVALID_REQUEST', read.violations));
    }
    for (let start = 0; start < rows.length; start += ROWS_MAX) results.push(...(await this.#admit(tx, rows.slice(start, start + ROWS_MAX))));
    await this.tell.execute(tx, results);
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
      result: { requestId: row.requestId, state: 'REJECTED', sequence: 1, reasonCode, violations: [...violations], at: this.clock.now().toISOString() },
    };
  }
}
