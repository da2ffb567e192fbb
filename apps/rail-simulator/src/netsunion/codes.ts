export const PayoutStatus = {
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  ACCEPTED: 'ACCEPTED',
  PROCESSING: 'PROCESSING',
  REJECTED: 'REJECTED',
  NOT_FOUND: 'NOT_FOUND',
  UNKNOWN: 'UNKNOWN',
} as const;
export type PayoutStatus = (typeof PayoutStatus)[keyof typeof PayoutStatus];

/** The closed table of docs/rails/netsunion.md: what each code says, with which HTTP status and which statuses it may come. */
export const CODES = {
  '0000': { httpStatus: 200, statuses: ['SUCCEEDED', 'ACCEPTED', 'PROCESSING'], message: 'success' },
  '0101': { httpStatus: 200, statuses: ['FAILED'], message: 'payee account closed' },
  '0102': { httpStatus: 200, statuses: ['FAILED'], message: 'payee name does not match the account' },
  '0103': { httpStatus: 200, statuses: ['FAILED'], message: 'payee account frozen' },
  '0104': { httpStatus: 200, statuses: ['FAILED'], message: 'quota adjustment not carried out' },
  '0201': { httpStatus: 200, statuses: ['REJECTED'], message: 'serial number seen before' },
  '0301': { httpStatus: 200, statuses: ['REJECTED'], message: 'available quota short' },
  '0302': { httpStatus: 200, statuses: ['REJECTED'], message: 'outside hours or no longer valid' },
  '0401': { httpStatus: 200, statuses: ['REJECTED'], message: 'refused by risk control' },
  '0501': { httpStatus: 400, statuses: ['REJECTED'], message: 'malformed request' },
  '0502': { httpStatus: 401, statuses: ['REJECTED'], message: 'signature refused' },
  '0601': { httpStatus: 429, statuses: ['REJECTED'], message: 'inquiry budget spent' },
  '0602': { httpStatus: 200, statuses: ['NOT_FOUND'], message: 'nothing executed under this number so far' },
  '0603': { httpStatus: 404, statuses: ['REJECTED'], message: 'no such operation' },
  '9999': { httpStatus: 200, statuses: ['UNKNOWN'], message: 'system busy' },
} as const satisfies Record<string, { httpStatus: number; statuses: readonly PayoutStatus[]; message: string }>;
export type Code = keyof typeof CODES;

/** Definite business failures: the payee's side will not take the money. */
export const BUSINESS_FAILURES = ['0101', '0102', '0103'] as const;
export type BusinessFailure = (typeof BUSINESS_FAILURES)[number];

/** Refusals that spend the serial number: the request was read and will never be executed. */
export const REFUSALS = ['0301', '0302', '0401'] as const;
