import { z } from 'zod';

export const PAGE_SIZE_MAX = 500;
export const PAGE_SIZE_DEFAULT = 50;

/** The query fields of every list: `after` is the last id of the page before. */
export const pageFields = {
  after: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_DEFAULT),
};

export interface Page<T> {
  readonly items: readonly T[];
  /** Pass as `after` for the next page; null on the last. */
  readonly next: string | null;
}

/** Cuts a list that was read with one row more than asked for. */
export function pageOf<T extends { id: string }>(rows: readonly T[], limit: number): Page<T> {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
