import { AccountClass } from '@jinku/contracts';
import { amountText } from '@jinku/money';
import { z } from 'zod';
import { Refusal } from '../commands/refusal.ts';
import { refuseRow, type ExampleFolder } from '../demo/example-folder.ts';

const FILE = 'accounts.csv';
const COLUMNS = ['key', 'accountClass', 'subtype', 'owner', 'name', 'bank', 'bankCode', 'accountNumber', 'connectorType', 'isFiled', 'validUntil', 'purpose', 'openingBalance'];
/** Which bank of the simulator keeps the accounts of a connector type. */
export const BANK_OF_CONNECTOR: ReadonlyMap<string, string> = new Map([['BANK_ALPHA', 'alpha'], ['BANK_BETA', 'beta']]);

const orNothing = <T extends z.ZodType>(schema: T): z.ZodType<z.output<T> | null> => z.union([z.literal('').transform(() => null), schema]);
const accountRow = z.object({
  key: z.string().regex(/^[a-z][a-z-]{1,31}$/, 'is a name of 2 to 32 small letters and -'),
  accountClass: z.enum(AccountClass),
  subtype: orNothing(z.string()),
  owner: z.enum(['CLIENT', 'OWN']),
  name: z.string().min(1, 'is not empty').max(80, 'has at most 80 characters'),
  bank: z.string().min(1, 'is not empty').max(80, 'has at most 80 characters'),
  bankCode: z.string().regex(/^\d{12}$/, 'is a 12-digit bank code'),
  accountNumber: z.string().regex(/^\d{6,32}$/, 'is an account number: 6 to 32 digits'),
  connectorType: orNothing(z.string()),
  isFiled: z.enum(['yes', 'no']).transform((word) => word === 'yes'),
  validUntil: orNothing(z.iso.date()),
  purpose: orNothing(z.string()),
  openingBalance: amountText,
});
export type DayAccount = z.output<typeof accountRow>;

/** The accounts of the day: one central reserve, and bank accounts that the simulated banks keep. */
export function accountsReader(folder: ExampleFolder, connectorTypes: readonly string[]): DayAccount[] {
  const accounts = folder.table(FILE, COLUMNS, accountRow);
  const keys = new Map<string, number>();
  for (const { line, row } of accounts) {
    const before = keys.get(row.key);
    if (before !== undefined) refuseRow({ file: FILE, line }, 'key', `is unique; line ${before} has the same`);
    keys.set(row.key, line);
    if (row.accountClass === 'CENTRAL_RESERVE') continue;
    if (row.connectorType === null || !connectorTypes.includes(row.connectorType)) refuseRow({ file: FILE, line }, 'connectorType', 'is one of connector-types.json');
    if (!BANK_OF_CONNECTOR.has(row.connectorType ?? '')) refuseRow({ file: FILE, line }, 'connectorType', `is one of ${[...BANK_OF_CONNECTOR.keys()].join(', ')}: the banks that are simulated`);
  }
  if (accounts.filter(({ row }) => row.accountClass === 'CENTRAL_RESERVE').length !== 1) throw new Refusal(`${FILE}: accountClass is CENTRAL_RESERVE in exactly one line`);
  return accounts.map(({ row }) => row);
}
