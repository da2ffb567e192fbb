import { Inject, Injectable } from '@nestjs/common';
import { addDays, businessDateOf, type BusinessDate, type Clock } from '@jinku/calendar';
import type { AccountMovement, MovementRail } from '@jinku/connectors';
import { Database } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { AccountRepository } from '../../account/persistence/account.repository.ts';
import { RESERVE_RAIL, TRANSFERS_CONFIG, type TransfersConfig } from '../../config.ts';
import type { LegInstruction } from '../domain/transfer-order.ts';
import { TransferLegRepository } from '../persistence/transfer-leg.repository.ts';
import { RecordLegOutcome } from '../use-cases/record-leg-outcome.ts';

/** HVPS credits on the same or the next working day; what is older than the longest holiday is for people. */
const DAYS_LOOKED_AT_MAX = 12;
const PAGES_PER_DAY_MAX = 100;

/** The central bank is asked itself when its notice does not come: the movement that names our number is the same word. */
@Injectable()
export class LookForArrival {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountRepository,
    private readonly legs: TransferLegRepository,
    private readonly recordOutcome: RecordLegOutcome,
    @Inject(RESERVE_RAIL) private readonly reserveRail: MovementRail | null,
    @Inject(TRANSFERS_CONFIG) private readonly config: TransfersConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute(instruction: LegInstruction, payeeAccountId: string): Promise<void> {
    if (this.reserveRail === null || !(await this.legs.isInTransit(this.database, instruction))) return;
    const payee = await this.accounts.find(this.database, payeeAccountId);
    if (payee === null) return;
    const { serialNumber } = instruction;
    const today = businessDateOf(this.clock.now());
    let date = businessDateOf(instruction.instructedAt);
    for (let days = 0; date <= today && days < DAYS_LOOKED_AT_MAX; days += 1, date = addDays(date, 1)) {
      const movement = await this.#find(this.reserveRail, { accountNumber: payee.accountNumber, date, serialNumber });
      if (movement === null) continue;
      const { amountMinor, movementNumber: railReference } = movement;
      const word = { serialNumber, source: 'INQUIRY', outcome: 'ARRIVED', code: null, railReference, amountMinor, clearingDate: date } as const;
      return this.database.transaction((tx) => this.recordOutcome.execute(tx, word));
    }
  }

  async #find(rail: MovementRail, given: { accountNumber: string; date: BusinessDate; serialNumber: string }): Promise<AccountMovement | null> {
    let cursor: string | null = null;
    for (let pages = 0; pages < PAGES_PER_DAY_MAX; pages += 1) {
      const page = await rail.readMovements(given.accountNumber, given.date, cursor, { timeoutMs: this.config.callTimeoutMs });
      if (page.outcome !== 'SUCCEEDED') {
        this.log.warn('transfer-reserve-not-read', { date: given.date, detail: page.detail });
        return null;
      }
      const found = page.movements.find(({ direction, payerReference }) => direction === 'CREDIT' && payerReference === given.serialNumber);
      if (found !== undefined) return found;
      if (page.cursor === null) return null;
      cursor = page.cursor;
    }
    return null;
  }
}
