import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { reportClientObligationsV1 } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import type { Envelope } from '@jinku/messaging';
import { parseAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { readClientReport } from '@jinku/security';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { CLIENT_KEYS } from '../../config.ts';
import { ObligationRepository } from '../persistence/obligation.repository.ts';

type Message = Pick<Envelope, 'id' | 'source' | 'headers' | 'body' | 'undecodable'>;

/** Follows what clients are owed: of each date the newest report counts, and one that is not its client's or breaks the contract is kept apart. */
@Injectable()
export class FollowObligations {
  constructor(
    private readonly obligations: ObligationRepository,
    @Inject(CLIENT_KEYS) private readonly keys: ReadonlyMap<string, KeyObject>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute(tx: Tx, messages: readonly Message[]): Promise<void> {
    const receivedAt = this.clock.now();
    for (const message of messages) {
      const read = readClientReport(message, { keys: this.keys, schema: reportClientObligationsV1.schema });
      if ('fault' in read) {
        this.log.warn('client-obligations-quarantined', { messageId: message.id, fault: read.fault });
        await this.obligations.quarantine(tx, { ...read, messageId: `${message.source} ${message.id}`, body: message.body, receivedAt });
        continue;
      }
      const { businessDate, sequence, obligationsTotal, asOf } = read.report;
      const total = parseAmount(obligationsTotal);
      invariant(total !== null, 'the contract has checked the amount');
      await this.obligations.upsert(tx, { businessDate, clientId: read.clientId, sequence: BigInt(sequence), total, asOf: new Date(asOf), receivedAt });
    }
  }
}
