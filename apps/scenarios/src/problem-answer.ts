import type { RawAnswer } from './raw-door.ts';

export interface Expected {
  readonly status: number;
  readonly code: string;
  /** The field that a violation names; a refusal without violations has none. */
  readonly field?: string | null;
}

/** What of an answer makes it a problem document that a caller can act on; each violation has to name its rule. */
export function problemIn({ status, contentType, body }: RawAnswer): Record<string, unknown> {
  const violations = (body['violations'] ?? []) as { field: string; rule: string }[];
  return {
    status,
    contentType: contentType.split(';')[0],
    code: body['code'],
    isWhole: body['status'] === status && ['type', 'title', 'detail', 'correlationId'].every((name) => typeof body[name] === 'string' && body[name] !== ''),
    field: violations[0]?.field ?? null,
    namesRules: violations.every(({ field, rule }) => field !== '' && rule !== ''),
  };
}

export function problem({ status, code, field }: Expected): Record<string, unknown> {
  return { status, contentType: 'application/problem+json', code, isWhole: true, field: field ?? null, namesRules: true };
}
