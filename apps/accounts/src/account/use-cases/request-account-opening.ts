import { Inject, Injectable } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { uuidv7 } from '@jinku/messaging';
import { breaksUnique, type Tx } from '@jinku/persistence';
import { maskAccountNumber, PayeeCipher } from '@jinku/security';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { OPENING_EXPIRES_AFTER_MS } from '../../config.ts';
import { checkOpening, type AccountDraft } from '../domain/account.ts';
import { ACCOUNT_REFUSALS } from '../domain/account-refusals.ts';
import { AccountState, LinkState } from '../domain/account-state.ts';
import { AccountRepository } from '../persistence/account.repository.ts';

export interface OpeningRequest extends AccountDraft {
  readonly name: string;
  readonly bankCode: string;
  readonly accountNumber: string;
  readonly reason: string;
}

/** One person asks for an account; it stands in the register as PENDING_OPEN until a second person approves it. */
@Injectable()
export class RequestAccountOpening {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly approvals: Approvals,
    private readonly cipher: PayeeCipher,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, request: OpeningRequest, maker: Actor): Promise<{ id: string; approvalId: string }> {
    await this.accounts.lockRegister(tx);
    checkOpening(request, await this.accounts.listOpen(tx));
    const id = uuidv7();
    const approvalId = uuidv7();
    const requestedAt = this.clock.now();
    await this.insert(tx, { id, approvalId, request, requestedAt });
    await this.approvals.propose(tx, {
      id: approvalId,
      kind: 'accounts.open',
      subject: id,
      payload: { accountId: id },
      makerId: maker.id,
      reason: request.reason,
      proposedAt: requestedAt,
      expiresAt: new Date(requestedAt.getTime() + OPENING_EXPIRES_AFTER_MS),
    });
    await this.audit.record(tx, { actor: maker, action: 'accounts.request-opening', subject: id, reason: request.reason });
    return { id, approvalId };
  }

  private async insert(tx: Tx, given: { id: string; approvalId: string; request: OpeningRequest; requestedAt: Date }): Promise<void> {
    const { id, approvalId, request, requestedAt } = given;
    try {
      await this.accounts.insert(tx, {
        id,
        accountClass: request.accountClass,
        subtype: request.subtype,
        owner: request.owner,
        name: request.name,
        bankCode: request.bankCode,
        maskedNumber: maskAccountNumber(request.accountNumber),
        isFiled: request.isFiled,
        state: AccountState.PENDING_OPEN,
        linkState: LinkState.NONE,
        internalAccountCode: null,
        numberCipher: this.cipher.encrypt(request.accountNumber, id),
        numberHash: this.cipher.findingHash(request.accountNumber),
        openingApprovalId: approvalId,
        requestedAt,
      });
    } catch (error) {
      if (breaksUnique(error, 'account_number')) {
        throw ACCOUNT_REFUSALS.ACCOUNT_NUMBER_EXISTS({ violations: [{ field: 'accountNumber', rule: 'is not registered at this bank yet' }], cause: error });
      }
      throw error;
    }
  }
}
