import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** What ties together everything that one request or message caused: W3C trace context, and the correlation id that people quote. */
export interface TraceContext {
  readonly traceparent: string;
  readonly correlationId: string;
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
