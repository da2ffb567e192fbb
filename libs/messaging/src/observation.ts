/** What the metrics of a service are made from. */
export type MessagingObservation =
  | {
      readonly kind: 'BATCH_RELAYED';
      readonly messages: number;
      readonly bytes: number;
      readonly readMs: number;
      readonly appendMs: number;
      readonly settleMs: number;
    }
  | { readonly kind: 'RELAY_FAILED' }
  | {
      readonly kind: 'BATCH_HANDLED';
      readonly consumer: string;
      readonly topic: string;
      readonly messages: number;
      /** Seen before by this consumer. */
      readonly duplicates: number;
      readonly parked: number;
      /** From the first byte read to the commit. */
      readonly handledMs: number;
      /** From the writing of the oldest message to the commit, in business time. */
      readonly ageMs: number;
    }
  | { readonly kind: 'ATTEMPT_FAILED'; readonly consumer: string; readonly isTransient: boolean }
  | { readonly kind: 'MESSAGES_PARKED'; readonly consumer: string; readonly messages: number };

export type Observe = (observation: MessagingObservation) => void;

export function observeNothing(): void {}

/** Where the events of this library go: a fixed event name and fields. */
export interface MessagingLog {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Name and code alone: a driver's message may quote a row. */
export function errorFields(error: unknown): { errorName: string; code?: string } {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const { code } = error as { code?: unknown };
  return { errorName: error.name, ...(typeof code === 'string' ? { code } : {}) };
}
