import type { z } from 'zod';

/** One message as a handler sees it: a CloudEvents 1.0 envelope around data that fits its contract. */
export interface Envelope<P = unknown> {
  /** UUIDv7 from our own services, any text from outside. */
  readonly id: string;
  /** The name of the contract. */
  readonly type: string;
  /** `/jinku/<service>`, or the outside system's own. */
  readonly source: string;
  readonly time: Date;
  /** The key that keeps its order. */
  readonly subject: string;
  /** The same for everything that follows from one request. */
  readonly correlationId: string;
  /** The message that led to this one. */
  readonly causationId: string | null;
  readonly traceparent: string | null;
  readonly data: P;
  /** The text exactly as received: what a detached signature is over. */
  readonly body: string;
  /** All headers as received, the signature of a public message among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Why the record could not be read as its message; only where its contract comes from outside, and then `data` is null. */
  readonly undecodable?: string;
}

/** What one message hands on to those that follow from it. */
export interface MessageContext {
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly traceparent?: string;
  /** Further headers, such as a signature. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The part of a contract that reading needs. */
export interface ReadableContract {
  readonly name: string;
  readonly topic: string;
  readonly schema: z.ZodType;
  /**
   * Outside systems send it. Whoever takes it answers for its whole topic: a record that cannot be read, or is of another type, is handed to the
   * handler as such and not parked, for one sender's mistake must block nobody.
   */
  readonly origin?: 'OUTSIDE';
}

/** The part of a received record that reading needs. */
export interface ReadableRecord {
  readonly key: string | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const Header = {
  SPEC_VERSION: 'ce_specversion',
  ID: 'ce_id',
  TYPE: 'ce_type',
  SOURCE: 'ce_source',
  TIME: 'ce_time',
  SUBJECT: 'ce_subject',
  CONTENT_TYPE: 'content-type',
  TRACEPARENT: 'traceparent',
  CORRELATION_ID: 'correlationid',
  CAUSATION_ID: 'causationid',
} as const;

/** The message breaks the rules of its envelope or its contract: handling it again cannot help. */
export class UnreadableMessage extends Error {
  constructor(rule: string) {
    super(rule);
    this.name = 'UnreadableMessage';
  }
}

/** The context of a message that follows from `cause`. */
export function followingFrom(cause: Envelope): MessageContext {
  return {
    correlationId: cause.correlationId,
    causationId: cause.id,
    ...(cause.traceparent === null ? {} : { traceparent: cause.traceparent }),
  };
}

export interface EnvelopeFields {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly time: Date;
  readonly subject: string;
  readonly context?: MessageContext | undefined;
}

/** The headers of CloudEvents' Kafka binding in binary mode: the value is the data itself. */
export function envelopeHeaders({ id, type, source, time, subject, context = {} }: EnvelopeFields): Record<string, string> {
  return {
    ...context.headers,
    [Header.SPEC_VERSION]: '1.0',
    [Header.ID]: id,
    [Header.TYPE]: type,
    [Header.SOURCE]: source,
    [Header.TIME]: time.toISOString(),
    [Header.SUBJECT]: subject,
    [Header.CONTENT_TYPE]: 'application/json',
    [Header.CORRELATION_ID]: context.correlationId ?? id,
    ...(context.causationId === undefined ? {} : { [Header.CAUSATION_ID]: context.causationId }),
    ...(context.traceparent === undefined ? {} : { [Header.TRACEPARENT]: context.traceparent }),
  };
}

/** Reads a record against the contract it names; throws UnreadableMessage with the field and the rule, never with a value. */
export function readEnvelope(record: ReadableRecord, contract: ReadableContract): Envelope {
  const { headers } = record;
  const id = required(headers, Header.ID);
  const time = new Date(required(headers, Header.TIME));
  if (Number.isNaN(time.getTime())) throw new UnreadableMessage(`header ${Header.TIME}: is not an instant`);
  const parsed = contract.schema.safeParse(json(record.value));
  if (!parsed.success) throw new UnreadableMessage(rulesOf(parsed.error));
  return {
    id,
    type: contract.name,
    source: required(headers, Header.SOURCE),
    time,
    subject: headers[Header.SUBJECT] ?? record.key ?? '',
    correlationId: headers[Header.CORRELATION_ID] ?? id,
    causationId: headers[Header.CAUSATION_ID] ?? null,
    traceparent: headers[Header.TRACEPARENT] ?? null,
    data: parsed.data,
    body: record.value,
    headers,
  };
}

/** A record from outside that cannot be read, as its handler sees it. `id` is the sender's, or the record's place. */
export function undecodableEnvelope(record: ReadableRecord, { id, rule }: { id: string; rule: string }): Envelope<null> {
  const { headers, key, value } = record;
  return {
    id,
    type: headers[Header.TYPE] ?? '',
    source: headers[Header.SOURCE] ?? '',
    time: new Date(0),
    subject: headers[Header.SUBJECT] ?? key ?? '',
    correlationId: headers[Header.CORRELATION_ID] ?? id,
    causationId: null,
    traceparent: null,
    data: null,
    body: value,
    headers,
    undecodable: rule,
  };
}

const RULES_SHOWN_MAX = 10;

function rulesOf(error: z.ZodError): string {
  return error.issues
    .slice(0, RULES_SHOWN_MAX)
    .map((issue) => `${issue.path.map(String).join('.') || 'body'}: ${issue.message}`)
    .join('; ');
}

function required(headers: Readonly<Record<string, string>>, name: string): string {
  const value = headers[name];
  if (value === undefined || value === '') throw new UnreadableMessage(`header ${name}: is missing`);
  return value;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableMessage('body: is not valid JSON');
  }
}
