import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { reportFeeAccrualV1 } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import type { Envelope } from '@jinku/messaging';
import { parseAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { readClientReport } from '@jinku/security';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { CLIENT_KEYS } from '../../config.ts';
import { FeeAccrualRepository } from '../persistence/fee-accrual.repository.ts';

type Message = Pick<Envelope, 'id' | 'source' | 'headers' | 'body' | 'undecodable'>;

/** Follows what the fees amount to: the newest report counts, and one that is not its client's or breaks the contract is kept apart. */
@Injectable()
export class FollowFeeAccruals {
  constructor(
    private readonly accruals: FeeAccrualRepository,
    @Inject(CLIENT_KEYS) private readonly keys: ReadonlyMap<string, KeyObject>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute(tx: Tx, messages: readonly Message[]): Promise<void> {
    for (const message of messages) {
      const read = readClientReport(message, { keys: this.keys, schema: reportFeeAccrualV1.schema });
      if ('fault' in read) {
        this.log.warn('fee-accrual-quarantined', { messageId: message.id, fault: read.fault });
        await this.accruals.quarantine(tx, { ...read, messageId: `${message.source} ${message.id}`, body: message.body, receivedAt: this.clock.now() });
        continue;
      }
      const { sequence, accruedTotal, asOf } = read.report;
      const accruedMinor = parseAmount(accruedTotal);
      invariant(accruedMinor !== null, 'the contract has checked the amount');
      await this.accruals.follow(tx, { sequence, accruedMinor, asOf: new Date(asOf) });
    }
  }
}
