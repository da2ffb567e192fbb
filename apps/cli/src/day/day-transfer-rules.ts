import { z } from 'zod';
import { Refusal } from '../commands/refusal.ts';
import type { ExampleFolder } from '../demo/example-folder.ts';
import type { DayAccount } from './day-accounts.ts';

const FILE = 'transfer-rules.json';

/** What names accounts is read here; all else of a rule is the transfers service's to judge, which refuses it by field. */
const dayRule = z.looseObject({ name: z.string().min(1, 'is not empty'), payer: z.string(), payee: z.string(), purpose: z.string() });
export type DayTransferRule = z.output<typeof dayRule>;

export function readTransferRules(folder: ExampleFolder, accounts: readonly DayAccount[]): DayTransferRule[] {
  const rules = folder.json(FILE, z.array(dayRule));
  rules.forEach((rule, index) => {
    for (const side of ['payer', 'payee'] as const) {
      if (!accounts.some(({ key }) => key === rule[side])) throw new Refusal(`${FILE}: [${index}].${side} is the key of an account of accounts.csv`);
    }
  });
  return rules;
}
