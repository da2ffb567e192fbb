import { defineMessage } from '@jinku/contracts';
import type { MigrationClass } from '@jinku/persistence';
import { z } from 'zod';
import type { MessagingLog } from './observation.ts';
import { messagingTablesSql } from './messaging.migration.ts';

/** A service made up for these specs: its messages say which number of which order they are, and a handler's effect is a row. */
export const ORDERS = 'orders';

export const orderNumberedV1 = defineMessage({
  name: 'orders.order-numbered.v1',
  topic: 'jinku.orders.events',
  audience: 'INTERNAL',
  sentence: 'An order got its next number.',
  key: (message) => message.order,
  schema: z.object({ order: z.string(), number: z.int(), filling: z.string().optional() }),
  example: { order: 'A', number: 1 },
});

export interface OrderNumbered {
  readonly order: string;
  readonly number: number;
  readonly filling?: string | undefined;
}

class CreateOrders2026112100001 {
  readonly name = 'CreateOrders2026112100001';

  async up(runner: { query(sql: string): Promise<unknown> }): Promise<void> {
    await runner.query(messagingTablesSql('jinku_orders'));
    await runner.query(`
      CREATE TABLE effect (
        nth bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, consumer text NOT NULL, order_name text NOT NULL, number integer NOT NULL
      );
      CREATE TABLE order_lock (order_name text PRIMARY KEY, last integer NOT NULL);
      GRANT SELECT, INSERT, UPDATE, DELETE ON effect, order_lock TO jinku_orders;
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('forward only'));
  }
}

export const ORDERS_MIGRATIONS: readonly MigrationClass[] = [CreateOrders2026112100001];

export const silentLog: MessagingLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
