import type pg from 'pg';

import { AccountAdmin } from '../admin/account-admin.ts';
import type { PayoutArrivals } from '../books/house-books.ts';
import { CentralBankDoor } from '../central-bank/central-bank-door.ts';
import { openReserve } from '../central-bank/reserve-books.ts';
import type { SimulatorConfig } from '../config.ts';
import type { HouseClock } from '../house-clock.ts';
import type { ClearingHouse } from '../house/house.ts';
import type { RailDoor } from '../rail-door.ts';
import { DoorSeal } from '../signature/door-seal.ts';
import { readHouseKeys } from '../signature/house-keys.ts';
import { strangerOf } from '../signature/stranger.ts';
import { BankDoor } from './bank-door.ts';
import { findAccounts } from './bank-entries.ts';
import { BankPlans } from './bank-plans.ts';
import { BANK_NAMES } from './bank.ts';
import { insertArrivalsOfPayouts, PaymentsInFlight } from './payment-in-flight.ts';
import { TransferDesk } from './transfer-desk.ts';

export interface AccountKeepersOptions {
  readonly config: SimulatorConfig;
  readonly pool: pg.Pool;
  readonly clock: HouseClock;
  readonly onNotices: () => void;
}

/** The account of new books, until a person sets another. */
const RESERVE = { accountNumber: '1000000000000001', accountName: '金库支付有限公司备付金', bankCode: '001100000008' } as const;

/** Those who keep accounts: the central bank and the banks, with their doors and with what is on its way between them. */
export class AccountKeepers {
  readonly admin: AccountAdmin;
  readonly doors: readonly RailDoor[];
  readonly #options: AccountKeepersOptions;
  readonly #plans: BankPlans;
  readonly #payments: PaymentsInFlight;
  #accountNumbers: ReadonlySet<string> = new Set();

  constructor(options: AccountKeepersOptions) {
    const { pool, clock, config, onNotices } = options;
    this.#options = options;
    this.#plans = new BankPlans(pool);
    this.#payments = new PaymentsInFlight({ pool, clock, onNotices });
    const plans = this.#plans;
    const desk = new TransferDesk({ pool, plans, clock, arrivalMs: config.arrivalMs, onPayments: this.#payments.wake });
    this.doors = [
      new CentralBankDoor({ pool, clock, seal: this.#sealOf('central-bank') }),
      ...BANK_NAMES.map((bank) => new BankDoor({ bank, pool, desk, plans, clock, seal: this.#sealOf(`bank-${bank}`) })),
    ];
    this.admin = new AccountAdmin({ pool, plans, clock, onNotices, onAccounts: () => this.#learnAccounts() });
  }

  /** Makes the reserve account of new books, and goes on with what a stop left on its way. */
  async open(): Promise<void> {
    const { pool, config, clock } = this.#options;
    await openReserve(pool, config.institution, { ...RESERVE, openingMinor: config.reserveMinor }, clock.now());
    await this.#plans.open();
    await this.#learnAccounts();
    this.#payments.wake();
  }

  async close(): Promise<void> {
    await this.#payments.close();
  }

  /** Money that a clearing house pays to accounts here arrives later. Costs nothing when there is none. */
  arrivalsOf(clearingHouse: ClearingHouse): PayoutArrivals {
    return {
      write: async (client, instructions, now) => {
        const arriving = instructions.filter(({ row, request }) => row.status === 'SUCCEEDED' && this.#accountNumbers.has(request.payeeAccount));
        if (arriving.length === 0) return false;
        await insertArrivalsOfPayouts(client, arriving, clearingHouse, new Date(now.getTime() + this.#options.config.arrivalMs));
        return true;
      },
      wake: () => this.#payments.wake(),
    };
  }

  async #learnAccounts(): Promise<void> {
    this.#accountNumbers = new Set((await findAccounts(this.#options.pool)).map(({ accountNumber }) => accountNumber));
  }

  #sealOf(folder: string): DoorSeal {
    const { config, clock } = this.#options;
    const keys = readHouseKeys(config.keysDir, folder, config.algorithm);
    return new DoorSeal({ keys, strangersSigner: strangerOf(keys.standard), institution: config.institution, clock });
  }
}
