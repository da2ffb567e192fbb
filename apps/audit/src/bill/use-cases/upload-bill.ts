import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { UnreadableStatement } from '../../statement/domain/bank-statement.ts';
import { StatementRepository } from '../../statement/persistence/statement.repository.ts';
import { BILL_REFUSALS } from '../domain/bill-refusals.ts';
import { faultsOfBill, parsePayoutBill, type PayoutBill } from '../domain/payout-bill.ts';
import { BillRepository } from '../persistence/bill.repository.ts';
import { BillInHand } from './receive-bill.ts';

/** A person brings a bill that could not be collected: whole, or not at all. */
@Injectable()
export class UploadBill {
  constructor(
    private readonly bills: BillRepository,
    private readonly statements: StatementRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, { fileName, content }: { fileName: string; content: Buffer }, actor: Actor): Promise<{ id: string; lineCount: number }> {
    const bill = readable(content);
    const at = this.clock.now();
    await this.bills.abandonReceiving(tx, bill, at);
    const [id, fileId] = [uuidv7(), uuidv7()];
    if ((await this.bills.findAccepted(tx, bill)) !== null || (await this.statements.isKnownFile(tx, digestOf(content)))) throw BILL_REFUSALS.PAYOUT_BILL_TAKEN();
    await this.statements.insertFile(tx, { id: fileId, sha256: digestOf(content), fileName, content, source: 'UPLOAD' }, at);
    await this.bills.insert(tx, { ...bill, id, source: 'UPLOAD', fileId, at });
    const received = new BillInHand();
    for (const line of bill.lines) received.take(line);
    await this.bills.insertLines(tx, id, received.next());
    if (!(await this.bills.accept(tx, id, { ...received.totals(), at }))) throw BILL_REFUSALS.PAYOUT_BILL_TAKEN();
    await this.audit.record(tx, { actor, action: 'audit.upload-payout-bill', subject: `payout-bill:${id}`, after: { clearingHouse: bill.clearingHouse, clearingDate: bill.clearingDate } });
    return { id, lineCount: bill.lines.length };
  }
}

function digestOf(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}

function readable(content: Buffer): PayoutBill {
  try {
    const bill = parsePayoutBill(content);
    const faults = faultsOfBill(bill);
    if (faults.length > 0) throw new UnreadableStatement(faults);
    return bill;
  } catch (error) {
    if (!(error instanceof UnreadableStatement)) throw error;
    throw BILL_REFUSALS.PAYOUT_BILL_UNREADABLE({ detail: error.message, violations: error.violations.map(({ field, rule }) => ({ field: `content.${field}`, rule })), cause: error });
  }
}
