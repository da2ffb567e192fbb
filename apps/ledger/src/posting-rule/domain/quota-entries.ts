import type { QuotaObservedV1 } from '@jinku/contracts';
import type { EntryDraft } from '../../journal/domain/journal-entry.ts';
import { available, mapped } from './accounts-of-place.ts';
import { entryBy, minorOf, type PostingRule, type RuleContext } from './posting-rule.ts';

export const QUOTA_RULES = {
  'quota-mapped.v1': {
    event: 'quotas.quota-observed.v1', unit: 'CNY.QUOTA', moves: [{ debit: available, credit: mapped }],
    sentence: 'The mapping changed by the difference; a decrease stands on the other sides. No money moves.',
  },
} as const satisfies Record<string, PostingRule>;

export function entriesOfQuota(message: QuotaObservedV1, { valueDate, ...context }: RuleContext & { valueDate: string }): EntryDraft[] {
  const amount = minorOf(message.mapped) - minorOf(message.previousMapped);
  if (amount === 0n) return [];
  return [entryBy(QUOTA_RULES, 'quota-mapped', { context, place: { house: message.clearingHouse }, amount, valueDate, reference: message.observationId })];
}
