import { Header, readEnvelope, undecodableEnvelope, UnreadableMessage, type Envelope, type ReadableContract } from './envelope.ts';
import { inboxId } from './message-id.ts';
import type { ReceivedRecord } from './message-log.ts';

/** A record on its way to a consumer. */
export interface Delivery {
  readonly inboxId: string;
  /** What keeps its order; a record without a key gets one of its own, so that nothing waits behind it. */
  readonly key: string;
  readonly type: string;
  readonly topic: string;
  readonly partition: number;
  readonly record: ReceivedRecord;
  readonly envelope: Envelope | null;
  /** Why there is no envelope. */
  readonly unreadable: string | null;
}

interface Arrived {
  readonly topic: string;
  readonly partition: number;
  readonly record: ReceivedRecord;
}

/**
 * Null when the record is of a type that this consumer does not take. A record that names no type at all is everybody's problem, so it
 * is kept; on a topic from outside every record is.
 */
export function deliveryOf({ topic, partition, record }: Arrived, contracts: ReadonlyMap<string, ReadableContract>): Delivery | null {
  const place = `${topic}/${partition}/${record.offset}`;
  const { headers } = record;
  const type = headers[Header.TYPE] ?? '';
  const contract = contracts.get(type);
  const isFromOutside = contract === undefined ? [...contracts.values()].some(({ origin }) => origin === 'OUTSIDE') : contract.origin === 'OUTSIDE';
  if (contract === undefined && type !== '' && !isFromOutside) return null;
  const source = headers[Header.SOURCE] ?? '';
  const id = headers[Header.ID] ?? '';
  const isNamed = source !== '' && id !== '';
  const key = record.key === null || record.key === '' ? `~${place}` : withoutNul(record.key);
  const known = { inboxId: inboxId(isNamed ? { source, id } : { source: '~', id: place }), key, type, topic, partition, record };
  const unreadable = (rule: string): Delivery =>
    isFromOutside
      ? { ...known, envelope: undecodableEnvelope(record, { id: id === '' ? place : id, rule }), unreadable: null }
      : { ...known, envelope: null, unreadable: rule };
  if (contract === undefined) return unreadable(`header ${Header.TYPE}: ${type === '' ? 'is missing' : 'names no message of this topic'}`);
  try {
    return { ...known, envelope: readEnvelope(record, contract), unreadable: null };
  } catch (error) {
    if (!(error instanceof UnreadableMessage)) throw error;
    return unreadable(error.message);
  }
}

/** PostgreSQL's text holds every character but this one; JSON and our own keys never have it, an outside sender's might. */
export function withoutNul(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}
