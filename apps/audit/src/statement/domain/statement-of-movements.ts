import { businessDateOf, type BusinessDate } from '@jinku/calendar';
import type { AccountMovement, MovementTotals } from '@jinku/connectors';
import type { BankStatement } from './bank-statement.ts';

/** The movements of a business date that is over, as the statement they amount to. */
export function statementOfMovements(accountNumber: string, { date, movements, totals }: { date: BusinessDate; movements: readonly AccountMovement[]; totals: MovementTotals }): BankStatement {
  return {
    accountNumber,
    businessDate: date,
    opening: totals.openingMinor,
    closing: totals.closingMinor,
    control: { credit: totals.creditMinor, debit: totals.debitMinor, count: totals.count },
    entries: movements.map((movement) => ({
      amount: movement.direction === 'CREDIT' ? movement.amountMinor : -movement.amountMinor,
      valueDate: businessDateOf(movement.occurredAt),
      bankReference: movement.movementNumber,
      reference: movement.payerReference ?? null,
      counterpartyNumber: movement.counterparty ?? null,
      counterpartyName: null,
      purpose: null,
      code: movement.purpose ?? null,
      balanceAfter: movement.balanceAfterMinor,
    })),
  };
}

/** What is kept of movements that came by query: a text of them that is always the same for the same movements. */
export function fileOfMovements(accountNumber: string, { date, movements, totals }: { date: BusinessDate; movements: readonly AccountMovement[]; totals: MovementTotals }): Buffer {
  const amounts = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
  return Buffer.from(JSON.stringify({ accountNumber, date, totals, movements }, amounts, 1));
}
