import { randomUUID } from 'node:crypto';
import { waitFor, type ApiAnswer } from '@jinku/cli';
import { ACCOUNTS, type AccountKey, type Person } from './day-institution.ts';
import type { DayWorld } from './day-world.ts';

const BECOMES_SO_WITHIN_MS = 90_000;

export interface OrderTerms {
  readonly payer: AccountKey;
  readonly payee: AccountKey;
  readonly purpose: string;
  readonly amount: string;
}

/** A transfer order with its history, as `GET /v1/transfers/{id}` tells it. */
export interface TransferOrder {
  readonly id: string;
  readonly state: string;
  readonly legState: string;
  readonly amount: string;
  readonly inTransit: string;
  readonly stoppedBecause: string | null;
  readonly instructions: readonly { readonly serialNumber: string; readonly code: string | null; readonly conclusion: string | null }[];
  readonly movements: readonly { readonly effect: string; readonly amount: string }[];
  readonly events: readonly { readonly of: 'ORDER' | 'LEG'; readonly state: string; readonly source: string; readonly outcome: string | null; readonly code: string | null }[];
}

/** What a scenario compares: how an order stands, how many numbers left for it, and what moved, in order. */
export interface Fate {
  readonly state: string;
  readonly legState: string;
  readonly stoppedBecause: string | null;
  readonly inTransit: string;
  readonly numbers: number;
  readonly effects: readonly string[];
}

/** The treasury's transfer desk, and what the banks and the reserve really hold. */
export class TransferDesk {
  readonly #world: DayWorld;

  constructor(world: DayWorld) {
    this.#world = world;
  }

  /** The operator orders it; answers with the order's id. */
  async order(terms: OrderTerms): Promise<string> {
    const { status, body } = await this.ask('operator', terms);
    if (status !== 202) throw new Error(`the order was answered ${status}: ${JSON.stringify(body)}`);
    return (body as { id: string }).id;
  }

  /** Asks for an order that may be refused. */
  async ask(person: Person, { payer, payee, purpose, amount }: OrderTerms): Promise<ApiAnswer> {
    const [payerAccountId, payeeAccountId] = [this.#world.account(payer).id, this.#world.account(payee).id];
    const body = { payerAccountId, payeeAccountId, purpose, amount, reference: `SCN-${randomUUID().slice(0, 8)}`, reason: 'A scenario' };
    return await this.#world.ask(person, { method: 'POST', path: '/v1/transfers', body });
  }

  /** A verb of the API about an order: approve, reject, withdraw, cancel, resume. */
  async act(person: Person, verb: string, orderId: string): Promise<{ readonly status: number; readonly code?: unknown }> {
    const { status, body } = await this.#world.ask(person, { method: 'POST', path: `/v1/transfers/${orderId}/${verb}`, body: { reason: 'A scenario' } });
    return status < 400 ? { status } : { status, code: (body as { code: string }).code };
  }

  async read(orderId: string): Promise<TransferOrder> {
    return await this.#world.as('auditor', { path: `/v1/transfers/${orderId}` });
  }

  /** The order once it is so; fails with how it stands when it never is. */
  async until(orderId: string, what: string, isSo: (order: TransferOrder) => boolean): Promise<TransferOrder> {
    let last: TransferOrder | undefined;
    try {
      return await waitFor(`the order is ${what}`, BECOMES_SO_WITHIN_MS, async () => {
        last = await this.read(orderId);
        return isSo(last) ? last : null;
      });
    } catch (error) {
      throw new Error(`the order is not ${what}: ${JSON.stringify(last)}`, { cause: error });
    }
  }

  async untilState(orderId: string, ...states: readonly string[]): Promise<TransferOrder> {
    return await this.until(orderId, states.join(' or '), ({ state }) => states.includes(state));
  }

  async fateOf(orderId: string): Promise<Fate> {
    const { state, legState, stoppedBecause, inTransit, instructions, movements } = await this.read(orderId);
    return { state, legState, stoppedBecause, inTransit, numbers: instructions.length, effects: movements.map(({ effect }) => effect) };
  }

  /** Every order of a rule, the oldest first. */
  async ofRule(ruleId: string): Promise<readonly TransferOrder[]> {
    const { items } = await this.#world.as<{ items: TransferOrder[] }>('auditor', { path: `/v1/transfers?ruleId=${ruleId}&sort=requestedAt` });
    return items;
  }

  /** The first order of a rule after so many. */
  async nextOf(ruleId: string, after: number): Promise<string> {
    return (await waitFor('the rule orders', BECOMES_SO_WITHIN_MS, async () => (await this.ofRule(ruleId))[after] ?? null)).id;
  }

  /** Fen that the bank really holds on the account. */
  async heldAtBank(key: AccountKey): Promise<bigint> {
    const [row] = await this.#world.books.rails<{ balance_minor: string }>('SELECT balance_minor FROM rails.bank_account WHERE account_number = $1', [ACCOUNTS[key].accountNumber]);
    return BigInt(row?.balance_minor ?? -1);
  }

  /** Fen that the central bank really holds for us. */
  async heldInReserve(): Promise<bigint> {
    const { balance } = await this.#world.rail.call<{ balance: string }>({ path: '/admin/central-bank/reserve' });
    return BigInt(balance.replace('.', ''));
  }

  /** Waits until the treasury has observed what the bank really holds, so that a new order is judged on it. */
  async untilObserved(key: AccountKey): Promise<void> {
    await waitFor(`the position of ${key} is observed`, BECOMES_SO_WITHIN_MS, async () => {
      const held = await this.heldAtBank(key);
      const [row] = await this.#world.books.ours<{ is_so: boolean }>('SELECT balance = $2 AS is_so FROM transfers.account_position WHERE account_id = $1', [
        this.#world.account(key).id,
        held.toString(),
      ]);
      return row?.is_so === true ? true : null;
    });
  }
}
