const AMOUNT = /^(0|[1-9]\d{0,12})\.\d{2}$/;

/** Fen of a wire amount, or null when it is not one above zero. */
export function minorOf(amount: unknown): bigint | null {
  if (typeof amount !== 'string' || !AMOUNT.test(amount)) return null;
  const minor = BigInt(amount.replace('.', ''));
  return minor > 0n ? minor : null;
}

export function wireAmount(minor: bigint): string {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(3, '0');
  return `${minor < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
