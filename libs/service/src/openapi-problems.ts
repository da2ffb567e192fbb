import type { OpenAPIObject } from '@nestjs/swagger';

type Responses = NonNullable<NonNullable<OpenAPIObject['components']>['responses']>;
type Reference = { readonly $ref: string };

/** The body of every answer that is not the one asked for. */
export const PROBLEM_SCHEMA = {
  type: 'object' as const,
  description: 'RFC 9457, with a stable code; docs/errors.md lists them all.',
  properties: {
    type: { type: 'string' as const },
    title: { type: 'string' as const },
    status: { type: 'integer' as const },
    detail: { type: 'string' as const },
    code: { type: 'string' as const },
    retryable: { type: 'boolean' as const },
    correlationId: { type: 'string' as const },
    violations: {
      type: 'array' as const,
      items: { type: 'object' as const, properties: { field: { type: 'string' as const }, rule: { type: 'string' as const } }, required: ['field', 'rule'] },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'retryable'],
};

const SENTENCES = {
  400: 'The request breaks a rule of its shape; the violations name field and rule.',
  401: 'No valid credentials.',
  403: 'The caller has none of the roles that this needs.',
  404: 'There is no such thing, or the caller may not know of it.',
  409: 'Refused by the state that the thing is in, or by what the same key was used for before.',
  413: 'The body is larger than this address takes.',
  422: 'Well formed, and refused by a rule of the business.',
  429: 'More requests than the rate limit.',
  500: 'A defect, logged under the correlation id.',
  503: 'Cannot be answered now; send the same request again.',
} as const;
type ProblemStatus = keyof typeof SENTENCES;

/** The answers, once for all operations. */
export const PROBLEM_ANSWERS: Responses = Object.fromEntries(
  Object.entries(SENTENCES).map(([status, description]) => [
    `Problem${status}`,
    { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
  ]),
);

export function problemReference(status: ProblemStatus): Reference {
  return { $ref: `#/components/responses/Problem${status}` };
}

export interface Answering {
  readonly isPublic: boolean;
  readonly isWrite: boolean;
  readonly hasInput: boolean;
  readonly hasBody: boolean;
  /** Whether the path names one thing, which may not be there. */
  readonly namesOne: boolean;
}

/** The problems that a route can answer with beside what it is for. */
export function problemAnswersOf({ isPublic, isWrite, hasInput, hasBody, namesOne }: Answering): Record<string, Reference> {
  const isDecided = isWrite && !isPublic;
  const statuses: ProblemStatus[] = [
    ...(hasInput ? [400 as const] : []),
    // A public route that takes credentials refuses wrong ones.
    ...(!isPublic || hasBody ? [401 as const] : []),
    ...(isPublic ? [] : [403 as const]),
    ...(namesOne ? [404 as const] : []),
    ...(isDecided ? [409 as const] : []),
    ...(hasBody ? [413 as const] : []),
    ...(isDecided ? [422 as const] : []),
    429,
    500,
    503,
  ];
  return Object.fromEntries(statuses.map((status) => [status, problemReference(status)]));
}
