import { invariant } from '@jinku/errors';

/** Whose money an account of the books is about. Memorandum accounts of quota are about nobody's. */
export const Fund = { CLIENT: 'CLIENT', OWN: 'OWN' } as const;
export type Fund = (typeof Fund)[keyof typeof Fund];

/** By the code before the first point; accounts that both have are parents with a child for each. */
const FUND_OF: Readonly<Record<string, Fund>> = {
  '1001': Fund.CLIENT,
  '1002': Fund.CLIENT,
  '1003': Fund.OWN,
  '1004': Fund.CLIENT,
  '1005': Fund.OWN,
  '1006': Fund.CLIENT,
  '1201': Fund.CLIENT,
  '1202': Fund.CLIENT,
  '1301': Fund.CLIENT,
  '1302': Fund.OWN,
  '2001': Fund.CLIENT,
  '2002': Fund.CLIENT,
  '2201': Fund.CLIENT,
  '2301': Fund.OWN,
  '3001': Fund.OWN,
  '4001': Fund.OWN,
  '4002': Fund.OWN,
  '5001': Fund.OWN,
};
const OF_BOTH = ['1101', '2101'];

/** Null for an account in `CNY.QUOTA`, which holds no money. */
export function fundOf(code: string): Fund | null {
  const [head = '', child] = code.split('.');
  if (OF_BOTH.includes(head)) return child === Fund.OWN ? Fund.OWN : Fund.CLIENT;
  if (head.startsWith('9')) return null;
  const fund = FUND_OF[head];
  invariant(fund !== undefined, `the chart says whose money ${code} is about`);
  return fund;
}
