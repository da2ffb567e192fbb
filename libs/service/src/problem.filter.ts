import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GENERAL_REFUSALS, malformedJson, Refusal, RefusalKind } from '@jinku/errors';
import { DatabaseUnavailable, isTransient } from '@jinku/persistence';
import type { EventLog } from './logger.ts';
import { RetryLater } from './retry-later.ts';
import { EVENT_LOG } from './tokens.ts';
import { currentTrace } from './trace-context.ts';

/** Each kind of refusal has one status; a test holds the map total. */
export const STATUS_OF_KIND: Readonly<Record<RefusalKind, number>> = {
  INVALID: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RULE: 422,
  WRONG_METHOD: 405,
  TOO_LARGE: 413,
  WRONG_MEDIA_TYPE: 415,
  TOO_MANY: 429,
  UNAVAILABLE: 503,
};

/** RFC 9457, with the stable `code` and the broken rules field by field. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly correlationId?: string;
  readonly violations?: readonly { readonly field: string; readonly rule: string }[];
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(EVENT_LOG) private readonly log: EventLog) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const refusal = refusalOf(error);
    if (refusal === null) {
      this.log.error('request-crashed', { error, url: http.getRequest<FastifyRequest>().url.split('?')[0] });
    }
    if (refusal?.cause instanceof RetryLater) void reply.header('retry-after', String(refusal.cause.retryAfterSeconds));
    const problem = refusal === null ? crash() : problemOf(refusal);
    void reply.status(problem.status).header('content-type', 'application/problem+json').send(JSON.stringify(problem));
  }
}

export function problemOf(refusal: Refusal): Problem {
  const trace = currentTrace();
  return {
    type: `urn:jinku:refusal:${refusal.code.toLowerCase().replaceAll('_', '-')}`,
    title: refusal.sentence,
    status: STATUS_OF_KIND[refusal.kind],
    detail: refusal.message,
    code: refusal.code,
    retryable: refusal.kind === RefusalKind.UNAVAILABLE || refusal.kind === RefusalKind.TOO_MANY,
    ...(trace === undefined ? {} : { correlationId: trace.correlationId }),
    ...(refusal.violations.length === 0 ? {} : { violations: refusal.violations }),
  };
}

/** What the framework refuses on its own comes out in our form; null for a bug. */
function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (error instanceof DatabaseUnavailable || isTransient(error)) return GENERAL_REFUSALS.UNAVAILABLE({ cause: error });
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown } | null)?.statusCode;
  switch (status) {
    case 400:
      return malformedJson(error);
    case 404:
      return GENERAL_REFUSALS.NOT_FOUND({ cause: error });
    case 405:
      return GENERAL_REFUSALS.METHOD_NOT_ALLOWED({ cause: error });
    case 413:
      return GENERAL_REFUSALS.BODY_TOO_LARGE({ cause: error });
    case 415:
      return GENERAL_REFUSALS.UNSUPPORTED_MEDIA_TYPE({ cause: error });
    default:
      return null;
  }
}

function crash(): Problem {
  const trace = currentTrace();
  return {
    type: 'urn:jinku:refusal:internal-error',
    title: 'The service failed; nothing of this request was done unless a later answer says so.',
    status: 500,
    detail: 'An internal error was logged under the correlation id.',
    code: 'INTERNAL_ERROR',
    retryable: true,
    ...(trace === undefined ? {} : { correlationId: trace.correlationId }),
  };
}
