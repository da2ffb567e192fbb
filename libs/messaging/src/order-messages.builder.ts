import { systemClock } from '@jinku/calendar';
import type { Tx } from '@jinku/persistence';
import { envelopeHeaders, type Envelope } from './envelope.ts';
import { uuidv7 } from './message-id.ts';
import type { LogRecord } from './message-log.ts';
import { orderNumberedV1, type OrderNumbered } from './orders-service.builder.ts';

export function isPoison({ order, number }: OrderNumbered): boolean {
  return order === 'O3' && number === 3;
}

export async function insertEffects(tx: Tx, consumer: string, messages: readonly Envelope[]): Promise<void> {
  const data = messages.map((message) => message.data as OrderNumbered);
  await tx.execute('INSERT INTO effect (consumer, order_name, number) SELECT $1, * FROM unnest($2::text[], $3::int[])', [
    consumer,
    data.map((one) => one.order),
    data.map((one) => one.number),
  ]);
}

/** Serialises the writers of one key, as the row of an aggregate does; answers the last number before. */
export async function lockOrder(tx: Tx, order: string, number = 0): Promise<number> {
  await tx.execute('INSERT INTO order_lock (order_name, last) VALUES ($1, -1) ON CONFLICT DO NOTHING', [order]);
  const [row] = await tx.query<{ last: number }>('SELECT last FROM order_lock WHERE order_name = $1 FOR UPDATE', [order]);
  await tx.execute('UPDATE order_lock SET last = $2 WHERE order_name = $1', [order, number]);
  return row!.last;
}

export function record(topic: string, order: string, number: number, filling?: string): LogRecord {
  const fields = { id: uuidv7(), type: orderNumberedV1.name, source: '/jinku/orders', time: systemClock.now(), subject: order };
  return { topic, key: order, value: JSON.stringify({ order, number, filling }), headers: envelopeHeaders(fields) };
}

export function orderNames(count: number): string[] {
  return range(count).map((index) => `O${index}`);
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
