/** The SQLSTATEs that code decides by. */
export const SqlState = {
  UNIQUE_VIOLATION: '23505',
  FOREIGN_KEY_VIOLATION: '23503',
  CHECK_VIOLATION: '23514',
  SERIALIZATION_FAILURE: '40001',
  DEADLOCK_DETECTED: '40P01',
  INSUFFICIENT_PRIVILEGE: '42501',
  QUERY_CANCELED: '57014',
  UNDEFINED_TABLE: '42P01',
  /** There is no database of that name, or not yet. */
  INVALID_CATALOG_NAME: '3D000',
} as const;

/** The database did not answer, or the connection was lost. Everything but a commit in flight was undone. */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    super('the database is not available', { cause });
    this.name = 'DatabaseUnavailable';
  }
}

const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', '57P01', '57P02', '57P03', '53300', '25P03']);
/** What the driver says, without a code, when the server closes a socket in use. */
const DRIVER_LOSS_MESSAGES = new Set([
  'Connection terminated unexpectedly',
  'Connection terminated',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'timeout exceeded when trying to connect',
  'Connection ended unexpectedly',
]);

export function sqlStateOf(error: unknown): string | null {
  const code = errorField(error, 'code') ?? errorField(errorField(error, 'driverError'), 'code');
  return typeof code === 'string' ? code : null;
}

export function constraintOf(error: unknown): string | null {
  const name = errorField(error, 'constraint') ?? errorField(errorField(error, 'driverError'), 'constraint');
  return typeof name === 'string' ? name : null;
}

/** Whether a statement broke the unique constraint of that name. */
export function breaksUnique(error: unknown, constraint: string): boolean {
  return sqlStateOf(error) === SqlState.UNIQUE_VIOLATION && constraintOf(error) === constraint;
}

/** The driver reports a lost socket without a code, so these few fixed texts are the one exception to deciding by code. */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  const code = sqlStateOf(error);
  if (code !== null) return CONNECTION_CODES.has(code) || code.startsWith('08');
  return error instanceof Error && DRIVER_LOSS_MESSAGES.has(error.message);
}

/** Whether running the same transaction again may succeed: the database was lost, or another transaction was in the way. */
export function isTransient(error: unknown): boolean {
  const code = sqlStateOf(error);
  return isConnectionLoss(error) || code === SqlState.SERIALIZATION_FAILURE || code === SqlState.DEADLOCK_DETECTED || code === SqlState.QUERY_CANCELED;
}

function errorField(error: unknown, field: string): unknown {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[field] : undefined;
}
