/** The banks that the simulator plays, each with the code that payments name it by and the letter that its numbers start with. */
export const BANKS = {
  alpha: { code: '102100099996', letter: 'A' },
  beta: { code: '308584000013', letter: 'B' },
} as const satisfies Record<string, { code: string; letter: string }>;
export type Bank = keyof typeof BANKS;

export const BANK_NAMES = Object.keys(BANKS) as readonly Bank[];

/** As the bank prints the number of an entry. */
export function entryReference(bank: Bank, entryNumber: string): string {
  return `${BANKS[bank].letter}${entryNumber.padStart(18, '0')}`;
}
