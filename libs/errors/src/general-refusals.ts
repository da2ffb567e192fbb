import { defineRefusals, Refusal, RefusalKind, type Violation } from './refusal.ts';

/** Refusals that every door of every service can answer with. */
export const GENERAL_REFUSALS = defineRefusals({
  INVALID_REQUEST: { kind: RefusalKind.INVALID, sentence: 'The request breaks the rules of its own shape.' },
  MALFORMED_JSON: { kind: RefusalKind.INVALID, sentence: 'The body is not valid JSON.' },
  UNAUTHENTICATED: { kind: RefusalKind.UNAUTHENTICATED, sentence: 'The request carries no valid credentials.' },
  FORBIDDEN: { kind: RefusalKind.FORBIDDEN, sentence: 'The caller may not do this.' },
  NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is nothing at this address.' },
  METHOD_NOT_ALLOWED: { kind: RefusalKind.WRONG_METHOD, sentence: 'The address does not take this method.' },
  UNSUPPORTED_MEDIA_TYPE: { kind: RefusalKind.WRONG_MEDIA_TYPE, sentence: 'The body is not of a type that this address takes.' },
  BODY_TOO_LARGE: { kind: RefusalKind.TOO_LARGE, sentence: 'The body is larger than this address takes.' },
  TOO_MANY_REQUESTS: { kind: RefusalKind.TOO_MANY, sentence: 'The caller has sent more requests than its rate limit.' },
  IDEMPOTENCY_KEY_REQUIRED: { kind: RefusalKind.INVALID, sentence: 'A write needs the header Idempotency-Key, of 8 to 128 visible characters.' },
  IDEMPOTENCY_KEY_REUSED: { kind: RefusalKind.CONFLICT, sentence: 'The idempotency key was used before with other content.' },
  UNAVAILABLE: { kind: RefusalKind.UNAVAILABLE, sentence: 'The service cannot answer now; send the same request again.' },
});

/** The refusal of a request whose fields break rules. */
export function invalidRequest(violations: readonly Violation[]): Refusal {
  return GENERAL_REFUSALS.INVALID_REQUEST({ violations, detail: violations.map((v) => `${v.field}: ${v.rule}`).join('; ') });
}

/** The refusal of a body that cannot be read as JSON. */
export function malformedJson(cause: unknown): Refusal {
  return GENERAL_REFUSALS.MALFORMED_JSON({ cause, violations: [{ field: 'body', rule: 'is valid JSON' }] });
}
