import type { BusinessDate } from '@jinku/calendar';

import { balanceOf, readFields } from '../account-reading.ts';
import type { BalanceRail, BalanceReading } from '../balance-rail.ts';
import type { MovementPage, MovementRail } from '../movement-rail.ts';
import type { AnswerDetail, CallLimits } from '../payout-rail.ts';
import { exchangeOptions, type Environment } from '../rail-keys.ts';
import { SignedExchange, type Exchanged, type SignedExchangeOptions } from '../signed-exchange.ts';
import { parseMovements } from './movement-answer.ts';

const ACCOUNTS = '/central-bank/v1/accounts';
const TIMEOUT_MS = 5_000;
const CONNECTIONS_MAX = 4;
/** As many movements with the longest texts as an answer holds. */
const PAGE_SIZE = 40;

/** The central bank as docs/rails/central-bank.md describes it: read, never instructed. Every signature is verified before any field is read. */
export class CentralBankRail implements BalanceRail, MovementRail {
  readonly #exchange: SignedExchange;

  constructor(options: SignedExchangeOptions) {
    this.#exchange = new SignedExchange(options);
  }

  async readBalance(accountNumber: string, limits: Partial<CallLimits> = {}): Promise<BalanceReading> {
    return balanceOf(await this.#get(`${ACCOUNTS}/${encodeURIComponent(accountNumber)}/balance`, limits), accountNumber);
  }

  async readMovements(
    accountNumber: string,
    businessDate: BusinessDate,
    cursor: string | null = null,
    limits: Partial<CallLimits> = {},
  ): Promise<MovementPage> {
    const after = cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`;
    const path = `${ACCOUNTS}/${encodeURIComponent(accountNumber)}/movements?date=${businessDate}${after}&limit=${PAGE_SIZE}`;
    const { fields, detail } = readFields(await this.#get(path, limits));
    if (fields === null) return unknownPage(detail);
    if (fields['accountNumber'] !== accountNumber || fields['date'] !== businessDate) return unknownPage('UNMAPPED');
    const page = parseMovements(fields);
    return page === null ? unknownPage('UNMAPPED') : { outcome: 'SUCCEEDED', ...page, detail: 'ANSWERED' };
  }

  /** Drops the connections; calls in flight answer UNKNOWN. */
  async close(): Promise<void> {
    await this.#exchange.close();
  }

  #get(path: string, limits: Partial<CallLimits>): Promise<Exchanged> {
    return this.#exchange.send({ method: 'GET', path, body: '' }, { timeoutMs: TIMEOUT_MS, ...limits });
  }
}

/** The central bank as JINKU_CENTRAL_BANK_URL, JINKU_SIGNER and the key files say; null when no address is set. */
export function centralBankRail(environment: Environment, keysDir: string): CentralBankRail | null {
  if (environment['JINKU_CENTRAL_BANK_URL'] === undefined) return null;
  const place = { url: 'JINKU_CENTRAL_BANK_URL', folder: 'central-bank' };
  return new CentralBankRail(exchangeOptions(environment, keysDir, { place, connections: CONNECTIONS_MAX }));
}

function unknownPage(detail: AnswerDetail): MovementPage {
  return { outcome: 'UNKNOWN', movements: [], totals: null, cursor: null, detail };
}
