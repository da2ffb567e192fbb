import { Inject, Injectable } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { uuidv7 } from '@jinku/messaging';
import { breaksUnique, type Tx } from '@jinku/persistence';
import { maskAccountNumber, PayeeCipher } from '@jinku/security';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { PROPOSAL_EXPIRES_AFTER_MS } from '../../config.ts';
import { ConnectorTypeRepository } from '../../connector-type/persistence/connector-type.repository.ts';
import { kindOf, type AccountProposal } from '../domain/account-act.ts';
import { checkRegistered, type Account, type AccountTerms } from '../domain/account.ts';
import { ACCOUNT_REFUSALS } from '../domain/account-refusals.ts';
import { AccountState, LinkState } from '../domain/account-state.ts';
import { differenceOf } from '../domain/change-account.ts';
import { checkConnectors } from '../domain/check-connectors.ts';
import { RegistrationState } from '../domain/registration-state.ts';
import { AccountHistoryRepository } from '../persistence/account-history.repository.ts';
import { AccountRepository } from '../persistence/account.repository.ts';
import { DescribeAccount } from './describe-account.ts';

type Asked =
  | Exclude<keyof AccountTerms, 'validFrom' | 'responsiblePerson'>
  | 'accountClass'
  | 'subtype'
  | 'owner'
  | 'bankCode'
  | 'isFiled';

export interface OpeningRequest extends Pick<Account, Asked> {
  readonly accountNumber: string;
  /** From today on when not given. */
  readonly validFrom: string | null;
  /** Whoever asks, when not given. */
  readonly responsiblePerson: string | null;
  readonly reason: string;
}

/** One person asks for an account; it stands in the register as PENDING_OPEN until a second person approves it. */
@Injectable()
export class RequestAccountOpening {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly history: AccountHistoryRepository,
    private readonly connectorTypes: ConnectorTypeRepository,
    private readonly approvals: Approvals,
    private readonly cipher: PayeeCipher,
    private readonly describe: DescribeAccount,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, { accountNumber, reason, ...asked }: OpeningRequest, maker: Actor): Promise<{ id: string; approvalId: string }> {
    const requestedAt = this.clock.now();
    const id = uuidv7();
    const approvalId = uuidv7();
    const account: Account = {
      ...asked,
      id,
      validFrom: asked.validFrom ?? businessDateOf(requestedAt),
      responsiblePerson: asked.responsiblePerson ?? maker.id,
      maskedNumber: maskAccountNumber(accountNumber),
      registrationState: RegistrationState.NONE,
      fundingAccountRef: null,
      state: AccountState.PENDING_OPEN,
      linkState: LinkState.NONE,
      linkVersion: 0,
      linkReason: null,
      internalAccountCode: null,
      version: 1,
    };
    await this.accounts.lockRegister(tx);
    checkRegistered(account, await this.accounts.listOthers(tx, id));
    checkConnectors(account, await this.connectorTypes.inForce(tx, businessDateOf(requestedAt)));
    await this.insert(tx, { account, accountNumber, approvalId, requestedAt });
    await this.approvals.propose<AccountProposal>(tx, {
      id: approvalId,
      kind: kindOf('OPEN'),
      subject: id,
      payload: { act: 'OPEN', accountId: id },
      makerId: maker.id,
      reason,
      proposedAt: requestedAt,
      expiresAt: new Date(requestedAt.getTime() + PROPOSAL_EXPIRES_AFTER_MS),
    });
    const difference = { before: {}, after: differenceOf({} as Account, account).after };
    const by = { makerId: maker.id, checkerId: null, approvalId };
    const dates = { effectiveOn: businessDateOf(requestedAt), recordedAt: requestedAt };
    await this.history.append(tx, { accountId: id, version: 1, act: 'OPENING_REQUESTED', ...dates, reason, ...by, ...difference });
    await this.audit.record(tx, { actor: maker, action: 'accounts.opening_requested', subject: id, reason, ...difference });
    await this.describe.execute(tx, account);
    return { id, approvalId };
  }

  private async insert(tx: Tx, given: { account: Account; accountNumber: string; approvalId: string; requestedAt: Date }): Promise<void> {
    const { account, accountNumber, approvalId, requestedAt } = given;
    try {
      await this.accounts.insert(tx, {
        ...account,
        numberCipher: this.cipher.encrypt(accountNumber, account.id),
        numberHash: this.cipher.findingHash(accountNumber),
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
