import { parseSignedAmount } from '@jinku/money';

import { instantOf, parseObject, type Fields } from './answer-fields.ts';
import type { BalanceReading } from './balance-rail.ts';
import type { AnswerDetail } from './payout-rail.ts';
import type { Exchanged } from './signed-exchange.ts';

/** What one reading gave: the fields of a signed answer with HTTP 200, or why it decides nothing. */
export type ReadFields = { readonly fields: Fields; readonly detail: null } | { readonly fields: null; readonly detail: AnswerDetail };

export function readFields({ answer, body, fault }: Exchanged): ReadFields {
  if (fault !== null || answer === null) return { fields: null, detail: fault ?? 'EMPTY_BODY' };
  const fields = parseObject(body);
  if (fields === null) return { fields: null, detail: 'UNPARSABLE_BODY' };
  return answer.status === 200 ? { fields, detail: null } : { fields: null, detail: 'UNMAPPED' };
}

/** The balance that an answer tells of this account; of another account, or in another currency, it tells nothing. */
export function balanceOf(exchanged: Exchanged, accountNumber: string): BalanceReading {
  const { fields, detail } = readFields(exchanged);
  if (fields === null) return { outcome: 'UNKNOWN', balanceMinor: null, asOf: null, detail };
  const { balance } = fields;
  const balanceMinor = typeof balance === 'string' ? parseSignedAmount(balance) : null;
  const asOf = instantOf(fields['asOf']);
  const isOurs = fields['accountNumber'] === accountNumber && fields['currency'] === 'CNY';
  if (!isOurs || balanceMinor === null || asOf === null) return { outcome: 'UNKNOWN', balanceMinor: null, asOf: null, detail: 'UNMAPPED' };
  return { outcome: 'SUCCEEDED', balanceMinor, asOf, detail: 'ANSWERED' };
}
