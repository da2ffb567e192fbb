import { AMOUNT_MINOR_MAX } from '@jinku/money';

const SHAPE = /^(\d{1,15})(?:\.(\d{1,5}))?$/;
const GROUPED = /^\d{1,3}(?:,\d{3})+(?=\.|$)/;

/** Fen from the way banks write amounts: none to five decimals, of which those beyond fen are zero, thousands perhaps grouped. Null for anything else. */
export function parseBankAmount(text: string): bigint | null {
  const plain = GROUPED.test(text) ? text.replaceAll(',', '') : text;
  const parts = SHAPE.exec(plain);
  if (parts === null) return null;
  const [, yuan = '', decimals = ''] = parts;
  if (!/^0*$/.test(decimals.slice(2))) return null;
  const minor = BigInt(yuan) * 100n + BigInt(decimals.slice(0, 2).padEnd(2, '0'));
  return minor <= AMOUNT_MINOR_MAX ? minor : null;
}
