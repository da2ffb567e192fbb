import type pg from 'pg';

import { hvpsCalendarSchema, WEEKDAYS_ONLY, type HvpsCalendar } from '../central-bank/hvps-hours.ts';
import { bankFaultPlanSchema, NO_BANK_FAULTS, type BankFaultPlan } from './bank-fault-plan.ts';

/** What a person told the banks and the central bank to do. Stored: it survives a restart. */
export class BankPlans {
  readonly #pool: pg.Pool;
  #faults: BankFaultPlan = NO_BANK_FAULTS;
  #hvps: HvpsCalendar = WEEKDAYS_ONLY;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  get faults(): BankFaultPlan {
    return this.#faults;
  }

  get hvps(): HvpsCalendar {
    return this.#hvps;
  }

  async open(): Promise<void> {
    const { rows } = await this.#pool.query<{ name: string; plan: unknown }>('SELECT name, plan FROM rails.bank_plan');
    for (const { name, plan } of rows) {
      if (name === 'FAULTS') this.#faults = bankFaultPlanSchema.parse(plan);
      else this.#hvps = hvpsCalendarSchema.parse(plan);
    }
  }

  async changeFaults(plan: BankFaultPlan): Promise<void> {
    await this.#store('FAULTS', plan);
    this.#faults = plan;
  }

  async changeHvps(calendar: HvpsCalendar): Promise<void> {
    await this.#store('HVPS', calendar);
    this.#hvps = calendar;
  }

  async #store(name: 'FAULTS' | 'HVPS', plan: unknown): Promise<void> {
    await this.#pool.query('INSERT INTO rails.bank_plan (name, plan) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET plan = excluded.plan', [
      name,
      JSON.stringify(plan),
    ]);
  }
}
