import type { LoggerService } from '@nestjs/common';
import { pino, type Logger as PinoLogger } from 'pino';
import { currentTrace } from './trace-context.ts';

/** Fields that never reach a log, wherever they stand; account numbers and names travel only in these. */
const MASKED_FIELDS = ['payee', 'accountNumber', 'accountName', 'password', 'token', 'authorization', 'secret', 'signature', 'cookie'];

/** A fixed event name with fields. Never an account number or a name. */
export interface EventLog {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export class Logger implements EventLog {
  readonly #pino: PinoLogger;

  constructor(service: string, level: string) {
    this.#pino = pino({
      level,
      base: { service },
      redact: { paths: MASKED_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[masked]' },
      serializers: { error: pino.stdSerializers.err },
      mixin: () => currentTrace() ?? {},
    });
  }

  info(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#pino.info(fields, event);
  }

  warn(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#pino.warn(fields, event);
  }

  error(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#pino.error(fields, event);
  }

  debug(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#pino.debug(fields, event);
  }
}

/** What Nest itself says, at the level it deserves: its start-up prose is debug. */
export function nestLogger(logger: EventLog): LoggerService {
  const fields = (parameters: unknown[]): Record<string, unknown> => ({ context: parameters.at(-1), detail: parameters.slice(0, -1) });
  return {
    log: (message: unknown, ...rest: unknown[]) => logger.debug('nest', { message, ...fields(rest) }),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn('nest', { message, ...fields(rest) }),
    error: (message: unknown, ...rest: unknown[]) => logger.error('nest', { message, ...fields(rest) }),
    debug: (message: unknown, ...rest: unknown[]) => logger.debug('nest', { message, ...fields(rest) }),
    fatal: (message: unknown, ...rest: unknown[]) => logger.error('nest', { message, ...fields(rest) }),
  };
}
