import { randomUUID } from 'node:crypto';
import { formatAmount, parseAmount, sum } from '@jinku/money';
import type { Api } from './api.ts';
import type { SettlementClient } from './settlement-client.ts';

/** What the institution's systems know of their clients' money, from the books of what clients did. */
interface ClientMovements {
  readonly asOf: string;
  readonly collected: string;
  readonly paidOut: string;
  readonly returned: string;
  readonly ownPayouts: readonly { readonly payeeAccount: string; readonly amount: string }[];
}

/** An account of accounts.csv, as far as it tells what clients had in the morning and which accounts are not theirs. */
interface OwnedAccount {
  readonly owner: 'CLIENT' | 'OWN';
  readonly accountNumber: string;
  readonly openingBalance: string;
}

interface Parts {
  readonly simulator: Pick<Api, 'call'>;
  readonly client: Pick<SettlementClient, 'reportClientObligations'>;
  readonly accounts: readonly OwnedAccount[];
}

/**
 * Plays the part of the settlement service that tells the treasury what it owes to its clients: what they had in the morning, what they paid in, what came back, less what was paid out to them and the fees that
 * have left for own funds. None of it is read from the treasury's books.
 */
export class ObligationsReporter {
  readonly #parts: Parts;
  #sequence = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Tells the total of a date that is over, and `more` beside it; answers with what was told. */
  async report(businessDate: string, { more = 0n }: { more?: bigint } = {}): Promise<string> {
    const { simulator, client, accounts } = this.#parts;
    const { asOf, collected, paidOut, returned, ownPayouts } = await simulator.call<ClientMovements>({ path: `/admin/client-movements?until=${businessDate}` });
    const openings = accounts.filter(({ owner }) => owner === 'CLIENT').map(({ openingBalance }) => minorOf(openingBalance));
    const own = new Set(accounts.filter(({ owner }) => owner === 'OWN').map(({ accountNumber }) => accountNumber));
    const fees = ownPayouts.filter(({ payeeAccount }) => own.has(payeeAccount)).map(({ amount }) => minorOf(amount));
    const obligationsTotal = formatAmount(sum(openings) + minorOf(collected) + minorOf(returned) - minorOf(paidOut) - sum(fees) + more);
    // Grows also over a restart, since the houses' time does.
    this.#sequence = Math.max(this.#sequence + 1, Date.parse(asOf));
    await client.reportClientObligations(randomUUID(), { businessDate, sequence: this.#sequence, obligationsTotal, asOf });
    return obligationsTotal;
  }
}

function minorOf(text: string): bigint {
  const minor = parseAmount(text);
  if (minor === null) throw new Error(`${text} is no amount`);
  return minor;
}
