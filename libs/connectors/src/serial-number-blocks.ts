import type { BusinessDate } from '@jinku/calendar';
import type { Queryable } from '@jinku/persistence';

import { formatSerialNumber, SERIAL_NUMBERS_PER_DAY_MAX, type SerialNumberFormat } from './serial-number.ts';

/**
 * Table `serial_number_block`: the next free number of each connector and business date. It only ever grows, so no number is drawn twice.
 */
export function serialNumberTableSql(role: string): string {
  return `
    CREATE TABLE serial_number_block (
      connector text NOT NULL,
      business_date date NOT NULL,
      next_sequence bigint NOT NULL CHECK (next_sequence BETWEEN 1 AND ${SERIAL_NUMBERS_PER_DAY_MAX}),
      PRIMARY KEY (connector, business_date)
    );
    CREATE FUNCTION serial_number_block_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.next_sequence < OLD.next_sequence OR NEW.connector <> OLD.connector OR NEW.business_date <> OLD.business_date THEN
        RAISE EXCEPTION 'serial numbers are never drawn twice' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER serial_number_block_only_grows BEFORE UPDATE ON serial_number_block
      FOR EACH ROW EXECUTE FUNCTION serial_number_block_only_grows();
    GRANT SELECT, INSERT, UPDATE ON serial_number_block TO ${role};
  `;
}

/** Numbers drawn at once; what is left of a block when the process ends is never used. */
const BLOCK_SIZE = 2_000;

interface Block {
  readonly businessDate: BusinessDate;
  next: number;
  readonly end: number;
}

/**
 * Hands out a connector's serial numbers from blocks that are committed before any of their numbers is used. One object per process and
 * connector; several processes draw from the same row.
 */
export class SerialNumberBlocks {
  readonly #database: Queryable;
  readonly #connector: string;
  readonly #format: SerialNumberFormat;
  #block: Block | null = null;
  #drawing: Promise<unknown> = Promise.resolve();

  /** `database` is the pool, not a transaction: a block must outlive the transaction that asked for it. */
  constructor({ database, connector, format }: { database: Queryable; connector: string; format: SerialNumberFormat }) {
    this.#database = database;
    this.#connector = connector;
    this.#format = format;
  }

  /** `count` numbers of the business date, all different from every number ever drawn. */
  take(businessDate: BusinessDate, count: number): Promise<string[]> {
    const taken = this.#drawing.then(() => this.#takeAlone(businessDate, count));
    // One caller at a time; a failed draw is its caller's to handle and must not stop the next one.
    this.#drawing = taken.catch(() => undefined);
    return taken;
  }

  async #takeAlone(businessDate: BusinessDate, count: number): Promise<string[]> {
    const numbers: string[] = [];
    while (numbers.length < count) {
      const block = await this.#blockOf(businessDate, count - numbers.length);
      const end = Math.min(block.end, block.next + count - numbers.length);
      for (; block.next < end; block.next += 1) numbers.push(formatSerialNumber(this.#format, { businessDate, sequence: block.next }));
    }
    return numbers;
  }

  async #blockOf(businessDate: BusinessDate, count: number): Promise<Block> {
    const block = this.#block;
    if (block !== null && block.businessDate === businessDate && block.next < block.end) return block;
    const size = Math.max(BLOCK_SIZE, count);
    const [row] = await this.#database.query<{ end: bigint }>(
      `INSERT INTO serial_number_block AS b (connector, business_date, next_sequence) VALUES ($1, $2, 1 + $3::bigint)
       ON CONFLICT (connector, business_date) DO UPDATE SET next_sequence = b.next_sequence + $3::bigint
       RETURNING next_sequence AS end`,
      [this.#connector, businessDate, size],
    );
    const end = Number(row?.end);
    this.#block = { businessDate, next: end - size, end };
    return this.#block;
  }
}
