import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { Envelope, MessageContext } from '@jinku/messaging';

/** What ties together everything that one request or message caused: W3C trace context, and the correlation id that people quote. */
export interface TraceContext {
  readonly traceparent: string;
  readonly correlationId: string;
  /** The message being handled, where it is a single one. */
  readonly causationId?: string;
}

const storage = new AsyncLocalStorage<TraceContext>();
const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const CORRELATION_ID = /^[A-Za-z0-9_.:-]{8,64}$/;

export function currentTrace(): TraceContext | undefined {
  return storage.getStore();
}

export function runInTrace<T>(trace: TraceContext, work: () => T): T {
  return storage.run(trace, work);
}

/** Goes on with the caller's trace when it sent a valid one, else begins one. */
export function traceFrom(headers: Readonly<Record<string, string | string[] | undefined>>): TraceContext {
  const given = headers['traceparent'];
  const traceId = (typeof given === 'string' ? TRACEPARENT.exec(given)?.[1] : undefined) ?? randomBytes(16).toString('hex');
  const correlation = headers['x-correlation-id'];
  return {
    traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`,
    correlationId: typeof correlation === 'string' && CORRELATION_ID.test(correlation) ? correlation : traceId,
  };
}

/**
 * The context in which a batch of messages is handled. Messages of one request go on with its trace; a batch of several requests is work of its own,
 * which follows from none of them alone.
 */
export function traceOfMessages(messages: readonly Pick<Envelope, 'id' | 'correlationId' | 'traceparent'>[]): TraceContext {
  const [first, ...others] = messages;
  if (first === undefined || others.some(({ correlationId }) => correlationId !== first.correlationId)) return traceFrom({});
  const trace = traceFrom(first.traceparent === null ? {} : { traceparent: first.traceparent });
  // An outside system may have put anything there.
  const correlationId = CORRELATION_ID.test(first.correlationId) ? first.correlationId : trace.correlationId;
  return { ...trace, correlationId, ...(others.length === 0 ? { causationId: first.id } : {}) };
}

/** What messages written now carry on. */
export function currentMessageContext(): MessageContext | undefined {
  return currentTrace();
}
