import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';
import type { BusinessLine, Merchant, PayeeBank, Register } from '../domain/merchant.ts';

const LINE_COLUMNS = `code, name, priority, per_item_limit_minor AS "perItemLimitMinor", duplicate_window_seconds AS "duplicateWindowSeconds",
  primary_house AS "primaryHouse"`;
const MERCHANT_COLUMNS = 'merchant_id AS "merchantId", name, state, priority, duplicate_window_seconds AS "duplicateWindowSeconds"';
const BANK_COLUMNS = 'bank_code AS "bankCode", name, state';

/** Larger than every amount. */
const ANY_AMOUNT = 9_223_372_036_854_775_807n;

@Injectable()
export class RegisterRepository {
  /** Everything the requests of one batch name, as it is in this transaction. */
  async read(
    tx: Tx,
    named: { merchantIds: readonly string[]; businessLines: readonly string[]; bankCodes: readonly string[]; houses: readonly ClearingHouse[] },
  ): Promise<Register> {
    const merchants = await tx.query<Merchant>(`SELECT ${MERCHANT_COLUMNS} FROM merchant WHERE merchant_id = ANY($1::text[])`, [named.merchantIds]);
    const lines = await tx.query<BusinessLine>(`SELECT ${LINE_COLUMNS} FROM business_line WHERE code = ANY($1::text[])`, [named.businessLines]);
    const banks = await tx.query<{ bankCode: string; largestMinor: bigint | null }>(
      `SELECT b.bank_code AS "bankCode", nullif(max(CASE WHEN NOT coalesce(x.is_reachable, true) THEN 0
           ELSE least(coalesce(r.per_item_limit_minor, ${ANY_AMOUNT}), coalesce(x.per_item_limit_minor, ${ANY_AMOUNT})) END), ${ANY_AMOUNT}) AS "largestMinor"
       FROM payee_bank b JOIN route r ON r.route = ANY($2::text[]) LEFT JOIN route_bank x ON x.route = r.route AND x.bank_code = b.bank_code
       WHERE b.state = 'OPEN' AND b.bank_code = ANY($1::text[]) GROUP BY b.bank_code`,
      [named.bankCodes, named.houses],
    );
    return {
      merchants: new Map(merchants.map((merchant) => [merchant.merchantId, merchant])),
      businessLines: new Map(lines.map((line) => [line.code, line])),
      banks: new Map(banks.map(({ bankCode, largestMinor }) => [bankCode, largestMinor])),
    };
  }

  async putBusinessLine(tx: Tx, line: BusinessLine, now: Date): Promise<void> {
    await tx.execute(
      `INSERT INTO business_line (code, name, priority, per_item_limit_minor, duplicate_window_seconds, updated_at, primary_house) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (code) DO UPDATE SET name = excluded.name, priority = excluded.priority,
         per_item_limit_minor = excluded.per_item_limit_minor,
         duplicate_window_seconds = excluded.duplicate_window_seconds, updated_at = excluded.updated_at, primary_house = excluded.primary_house`,
      [line.code, line.name, line.priority, line.perItemLimitMinor, line.duplicateWindowSeconds, now, line.primaryHouse],
    );
  }

  async putMerchant(tx: Tx, merchant: Merchant, now: Date): Promise<void> {
    await tx.execute(
      `INSERT INTO merchant (merchant_id, name, state, priority, duplicate_window_seconds, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (merchant_id) DO UPDATE SET name = excluded.name, state = excluded.state, priority = excluded.priority,
         duplicate_window_seconds = excluded.duplicate_window_seconds, updated_at = excluded.updated_at`,
      [merchant.merchantId, merchant.name, merchant.state, merchant.priority, merchant.duplicateWindowSeconds, now],
    );
  }

  async lockBusinessLine(tx: Tx, code: string): Promise<BusinessLine | null> {
    const [row] = await tx.query<BusinessLine>(`SELECT ${LINE_COLUMNS} FROM business_line WHERE code = $1 FOR UPDATE`, [code]);
    return row ?? null;
  }

  async lockMerchant(tx: Tx, merchantId: string): Promise<Merchant | null> {
    const [row] = await tx.query<Merchant>(`SELECT ${MERCHANT_COLUMNS} FROM merchant WHERE merchant_id = $1 FOR UPDATE`, [merchantId]);
    return row ?? null;
  }

  async listBusinessLines(database: Queryable): Promise<BusinessLine[]> {
    return database.query(`SELECT ${LINE_COLUMNS} FROM business_line ORDER BY code`);
  }

  async listMerchants(database: Queryable, page: { after: string; limit: number }): Promise<Merchant[]> {
    return database.query(`SELECT ${MERCHANT_COLUMNS} FROM merchant WHERE merchant_id > $1 ORDER BY merchant_id LIMIT $2`, [page.after, page.limit]);
  }

  async listBanks(database: Queryable): Promise<PayeeBank[]> {
    return database.query(`SELECT ${BANK_COLUMNS} FROM payee_bank ORDER BY bank_code`);
  }

  async lockBank(tx: Tx, bankCode: string): Promise<PayeeBank | null> {
    const [row] = await tx.query<PayeeBank>(`SELECT ${BANK_COLUMNS} FROM payee_bank WHERE bank_code = $1 FOR UPDATE`, [bankCode]);
    return row ?? null;
  }

  async putBank(tx: Tx, { bankCode, name, state }: PayeeBank): Promise<void> {
    await tx.execute(
      'INSERT INTO payee_bank (bank_code, name, state) VALUES ($1, $2, $3) ON CONFLICT (bank_code) DO UPDATE SET name = excluded.name, state = excluded.state',
      [bankCode, name, state],
    );
  }
}
