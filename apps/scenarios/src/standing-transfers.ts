import { waitFor } from '@jinku/cli';
import { formatAmount, parseAmount } from '@jinku/money';
import type { AccountKey } from './day-institution.ts';
import type { DayWorld } from './day-world.ts';

const STANDS_WITHIN_MS = 30_000;

/** The amount by which the bank's plan knows each sweep. */
const SWEEPS = { ACCEPTED: '5001.00', IN_TRANSIT: '5002.00', UNKNOWN: '5003.00', INSTRUCTED: '5004.00' } as const;
type Step = keyof typeof SWEEPS | 'PLANNED' | 'PROPOSED';

/** The bank takes its time over the result of the one, and over the arrival of the other. */
const BANK_FAULTS = {
  transfers: [
    { amount: SWEEPS.ACCEPTED, fault: 'LATE_RESULT', delayMs: 8_000 },
    { amount: SWEEPS.IN_TRANSIT, fault: 'LATE_ARRIVAL', delayMs: 15_000 },
  ],
} as const;
/** What a fund-down lacks, and what NetsUnion's quota is increased by then, in fen. */
const LACKING = 100_000n;
const INCREASE = 100_000_000n;

/** One order at each step of a leg's way, made to stand there, and let go on. */
export class StandingTransfers {
  readonly #world: DayWorld;
  readonly #orders = new Map<Step, string>();

  constructor(world: DayWorld) {
    this.#world = world;
  }

  async standAtEachStep(): Promise<void> {
    await this.#world.playBankFaults(BANK_FAULTS);
    await this.#fundDown('PROPOSED', '5005.00');
    await this.#fundDown('PLANNED', formatAmount((await this.#freeQuota()) + LACKING));
    await this.#approve('PLANNED');
    await this.#stands('PLANNED');
    for (const step of ['IN_TRANSIT', 'ACCEPTED'] as const) {
      await this.#sweep(step);
      await this.#stands(step);
    }
    // No rail answers from here on: what was sent stays unknown, and what is sent next stands until its call times out.
    await this.#world.stack.kill('rail-simulator', 'SIGSTOP');
    for (const step of ['UNKNOWN', 'INSTRUCTED'] as const) {
      await this.#sweep(step);
      await this.#stands(step);
    }
  }

  /** Where each order stands, in alphabetical order. */
  async steps(): Promise<string[]> {
    const rows = await this.#world.books.ours<{ step: string }>(
      `SELECT CASE o.state WHEN 'PROPOSED' THEN o.state ELSE l.state END AS step
       FROM transfers.transfer_order o JOIN transfers.transfer_leg l ON l.order_id = o.id WHERE o.id = ANY ($1) ORDER BY step`,
      [[...this.#orders.values()]],
    );
    return rows.map(({ step }) => step);
  }

  async letRailsAnswer(): Promise<void> {
    await this.#world.stack.kill('rail-simulator', 'SIGCONT');
  }

  /** The second person and the quota come. */
  async letGoOn(): Promise<void> {
    await this.#approve('PROPOSED');
    const body = { clearingHouse: 'NETSUNION', direction: 'INCREASE', amount: formatAmount(INCREASE), reason: 'For the fund-down that waits' };
    await this.#world.as('operator', { method: 'POST', path: '/v1/quotas/adjustments', body });
  }

  /** By the step at which each stood, how many of its numbers moved money. */
  async moved(): Promise<Record<string, number>> {
    const rows = await this.#world.books.ours<{ order_id: string; moved: number }>(
      `SELECT order_id, count(*) FILTER (WHERE conclusion = 'SETTLED')::int AS moved FROM transfers.leg_instruction WHERE order_id = ANY ($1) GROUP BY order_id`,
      [[...this.#orders.values()]],
    );
    return Object.fromEntries([...this.#orders].map(([step, id]) => [step, rows.find((row) => row.order_id === id)?.moved ?? 0]));
  }

  async #sweep(step: keyof typeof SWEEPS): Promise<void> {
    await this.#order(step, { payer: 'fund-sales', payee: 'reserve', purpose: 'SWEEP_UP', amount: SWEEPS[step] });
  }

  async #fundDown(step: 'PLANNED' | 'PROPOSED', amount: string): Promise<void> {
    await this.#order(step, { payer: 'reserve', payee: 'filed-own-fund', purpose: 'FEE_INCOME_TRANSFER', amount });
  }

  async #order(step: Step, { payer, payee, ...asked }: { payer: AccountKey; payee: AccountKey; purpose: string; amount: string }): Promise<void> {
    const [payerAccountId, payeeAccountId] = [this.#world.account(payer).id, this.#world.account(payee).id];
    const body = { payerAccountId, payeeAccountId, ...asked, reference: step, reason: 'To be killed at this step' };
    const { id } = await this.#world.as<{ id: string }>('operator', { method: 'POST', path: '/v1/transfers', body });
    this.#orders.set(step, id);
  }

  async #approve(step: Step): Promise<void> {
    await this.#world.as('approver', { method: 'POST', path: `/v1/transfers/${this.#orders.get(step)}/approve`, body: { reason: 'Checked' } });
  }

  async #stands(step: Step): Promise<void> {
    await waitFor(`a transfer is ${step}`, STANDS_WITHIN_MS, async () => {
      const { legState } = await this.#world.as<{ legState: string }>('operator', { path: `/v1/transfers/${this.#orders.get(step)}` });
      return legState === step ? legState : null;
    });
  }

  async #freeQuota(): Promise<bigint> {
    const { items } = await this.#world.as<{ items: { clearingHouse: string; free: string }[] }>('operator', { path: '/v1/quotas' });
    return parseAmount(items.find(({ clearingHouse }) => clearingHouse === 'NETSUNION')?.free ?? '') ?? 0n;
  }
}
