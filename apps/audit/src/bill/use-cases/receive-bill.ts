import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { PayoutFileLine } from '@jinku/connectors';
import { uuidv7 } from '@jinku/messaging';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { BillRepository, type BillPlace } from '../persistence/bill.repository.ts';

const LINES_PER_BATCH = 5_000;

/**
 * Takes a bill that comes line by line, a batch in each transaction, since the house is asked in between. Nothing of it counts until it has been read
 * to its end; when it breaks off, what came is removed. Throws what the lines throw.
 */
@Injectable()
export class ReceiveBill {
  constructor(
    private readonly database: Database,
    private readonly bills: BillRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The bill's id; null when another one was accepted meanwhile. */
  async execute(place: BillPlace, lines: AsyncIterable<PayoutFileLine>): Promise<string | null> {
    const id = uuidv7();
    await this.database.transaction(async (tx) => {
      await this.bills.abandonReceiving(tx, place, this.clock.now());
      await this.bills.insert(tx, { ...place, id, source: 'RAIL', fileId: null, at: this.clock.now() });
    });
    const received = new BillInHand();
    try {
      for await (const line of lines) if (received.take(line)) await this.write(id, received);
      await this.write(id, received);
      const isAccepted = await this.database.transaction((tx) => this.bills.accept(tx, id, { ...received.totals(), at: this.clock.now() }));
      return isAccepted ? id : null;
    } catch (error) {
      await this.database.transaction((tx) => this.bills.abandonReceiving(tx, place, this.clock.now()));
      throw error;
    }
  }

  private async write(id: string, received: BillInHand): Promise<void> {
    const batch = received.next();
    if (batch.lines.length > 0) await this.database.transaction((tx) => this.bills.insertLines(tx, id, batch));
  }
}

/** The batch that is not written yet, and the totals of all that came. */
export class BillInHand {
  readonly #hash = createHash('sha256');
  #batch: PayoutFileLine[] = [];
  #written = 0;
  #lineCount = 0;
  #payoutTotal = 0n;
  #returnTotal = 0n;

  /** Whether there is a batch to write. */
  take(line: PayoutFileLine): boolean {
    this.#batch.push(line);
    this.#lineCount += 1;
    if (line.status === 'SUCCEEDED') this.#payoutTotal += line.amountMinor;
    else this.#returnTotal += line.amountMinor;
    this.#hash.update(`${line.serialNumber}\x1f${line.status}\x1f${line.amountMinor}\x1f${line.railReference}\x1f${line.executedAt.getTime()}\n`);
    return this.#batch.length >= LINES_PER_BATCH;
  }

  next(): { first: number; lines: readonly PayoutFileLine[] } {
    const batch = { first: this.#written + 1, lines: this.#batch };
    this.#written += this.#batch.length;
    this.#batch = [];
    return batch;
  }

  /** At the end. */
  totals(): { lineCount: number; payoutTotal: bigint; returnTotal: bigint; linesSha256: Buffer } {
    return { lineCount: this.#lineCount, payoutTotal: this.#payoutTotal, returnTotal: this.#returnTotal, linesSha256: this.#hash.digest() };
  }
}
