import { formatAmount, sum } from '@jinku/money';
import { compared, type CheckResult, type Figures, type FoundBreak } from './check-result.ts';
import type { TrialLine } from './check-trial-balance.ts';

/** What client money is made of (identity I6), by the parents of the chart. A house's account holds what it owes us less what we owe it. */
const CLIENT_MONEY = {
  centralReserve: ['1001'],
  clientFundAccounts: ['1002'],
  virtualAccounts: ['1004'],
  inTransit: ['1101.CLIENT'],
  clearingHouses: ['1201', '1202'],
  channels: ['1006'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
/** Our own money that lies among that of clients: not theirs. */
const OWN_ADVANCES = ['2201'];

export interface ToldObligations {
  readonly clientId: string;
  readonly sequence: bigint;
  readonly total: bigint;
}

/** Check A11: client money at the end of a date, by value date, covers what the settlement service says that clients were owed. More than that is no break. */
export function checkCoverage({ lines, told, date, digest }: { lines: readonly TrialLine[]; told: readonly ToldObligations[]; date: string; digest: string }): CheckResult {
  const parts = Object.entries(CLIENT_MONEY).map(([name, codes]) => [name, debitOf(lines, codes)] as const);
  const ownAdvances = -debitOf(lines, OWN_ADVANCES);
  const money = sum(parts.map(([, amount]) => amount)) - ownAdvances;
  const obligations = sum(told.map(({ total }) => total));
  const left: Figures = { clientMoney: formatAmount(money), ...Object.fromEntries(parts.map(([name, amount]) => [name, formatAmount(amount)])), ownAdvances: formatAmount(ownAdvances) };
  const right: Figures = { obligations: formatAmount(obligations), ...Object.fromEntries(told.map(({ clientId, total }) => [clientId, formatAmount(total)])) };
  const inputs = { trialBalance: digest, ...obligationInputs(told) };
  return compared({ check: 'A11', subject: 'BOOKS' }, { left, right, inputs, breaks: money >= obligations ? [] : [shortfall(date, { money, obligations })] });
}

/** What was told, as a verdict keeps it: a report that is newer than the verdict differs. */
export function obligationInputs(told: readonly ToldObligations[]): Figures {
  return Object.fromEntries(told.map(({ clientId, sequence, total }) => [`obligations.${clientId}`, `${sequence} ${formatAmount(total)}`]));
}

function shortfall(date: string, { money, obligations }: { money: bigint; obligations: bigint }): FoundBreak {
  const evidence = { rule: 'client money covers what clients are owed', ours: formatAmount(money), theirs: formatAmount(obligations) };
  return { key: `${date}:COVERAGE`, kind: 'AMOUNT', reference: 'COVERAGE', amount: obligations - money, evidence };
}

/** Debits less credits of the accounts with these codes and of all under them. */
function debitOf(lines: readonly TrialLine[], codes: readonly string[]): bigint {
  const of = lines.filter(({ code, unit }) => unit === 'CNY' && codes.some((one) => code === one || code.startsWith(`${one}.`)));
  return sum(of.map(({ debitTotal, creditTotal }) => debitTotal - creditTotal));
}
