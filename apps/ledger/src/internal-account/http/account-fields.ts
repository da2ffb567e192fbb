import { isBusinessDate } from '@jinku/calendar';
import { z } from 'zod';
import type { StatementPlace } from '../queries/read-balances.ts';

const PAGE_MAX = 500;
export const limit = z.coerce.number().int().min(1).max(PAGE_MAX).default(50);
export const accountCode = z.string().regex(/^[0-9A-Za-z._-]{1,64}$/, 'is an internal account\'s code');
/** Where a page of lines ended: its batch, entry and line. */
export const statementPlace = z.string().regex(/^\d{1,18}-\d{1,9}-\d{1,5}$/, 'is the next of the page before');

export function placeOf(text: string): StatementPlace {
  const [sequence, entry, line] = text.split('-');
  return { sequence: BigInt(sequence ?? '0'), entry: Number(entry), line: Number(line) };
}

export function textOf({ sequence, entry_number: entry, line_number: line }: { sequence: bigint; entry_number: number; line_number: number }): string {
  return `${sequence}-${entry}-${line}`;
}

/** Business dates are defined from then on. */
const FIRST_DATE = '1992-01-02';
const LAST_DATE = '9999-12-30';
export const bookDate = z.string().refine((text) => isBusinessDate(text) && text >= FIRST_DATE && text <= LAST_DATE, `is a business date from ${FIRST_DATE} to ${LAST_DATE}`);
