import { Inject, Injectable } from '@nestjs/common';
import { Approvals, type Approval } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { uuidv7 } from '@jinku/messaging';
import { formatAmount, parseAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { LEDGER_CONFIG, type LedgerConfig } from '../../config.ts';
import { LEDGER_REFUSALS } from '../../journal/domain/journal-refusals.ts';
import type { InternalAccount } from '../domain/internal-account.ts';
import { InternalAccountRepository } from '../persistence/internal-account.repository.ts';

export const BOUNDS_PROPOSAL_KIND = 'ledger.account-bounds';

/** Null takes a bound away. A minimum of 0.00 is "no overdraft". */
export interface AccountBounds {
  readonly code: string;
  readonly balanceMin: string | null;
  readonly balanceMax: string | null;
}

/** The minimum and maximum of an internal account, proposed by one person and set when another approves. */
@Injectable()
export class ChangeAccountBounds {
  constructor(
    private readonly accounts: InternalAccountRepository,
    private readonly approvals: Approvals,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LEDGER_CONFIG) private readonly config: Pick<LedgerConfig, 'proposalLifetimeMs'>,
  ) {}

  async propose(tx: Tx, actor: Actor, { bounds, reason }: { bounds: AccountBounds; reason: string }): Promise<{ id: string }> {
    const before = boundsOf(await this.bounded(tx, bounds.code));
    const id = uuidv7();
    const proposedAt = this.clock.now();
    const expiresAt = new Date(proposedAt.getTime() + this.config.proposalLifetimeMs);
    await this.approvals.propose(tx, { id, kind: BOUNDS_PROPOSAL_KIND, subject: bounds.code, payload: bounds, makerId: actor.id, reason, proposedAt, expiresAt });
    await this.audit.record(tx, { actor, action: 'ledger.account-bounds.propose', subject: bounds.code, reason, before, after: bounds });
    return { id };
  }

  async approve(tx: Tx, actor: Actor, id: string): Promise<Approval<AccountBounds>> {
    await this.demandBoundsProposal(tx, id);
    const approval = await this.approvals.approve<AccountBounds>(tx, id, { personId: actor.id, at: this.clock.now() });
    const account = await this.bounded(tx, approval.payload.code);
    await this.accounts.setBounds(tx, { id: account.id, min: minorOf(approval.payload.balanceMin), max: minorOf(approval.payload.balanceMax) });
    await this.audit.record(tx, { actor, action: 'ledger.account-bounds.approve', subject: account.code, before: boundsOf(account), after: approval.payload });
    return approval;
  }

  /** Whoever proposed takes it back, anybody else turns it down. */
  async reject(tx: Tx, actor: Actor, id: string): Promise<Approval<AccountBounds>> {
    const { makerId, subject } = await this.demandBoundsProposal(tx, id);
    const decision = { personId: actor.id, at: this.clock.now() };
    const approval = await (makerId === actor.id ? this.approvals.withdraw<AccountBounds>(tx, id, decision) : this.approvals.reject<AccountBounds>(tx, id, decision));
    await this.audit.record(tx, { actor, action: 'ledger.account-bounds.reject', subject, after: approval.state });
    return approval;
  }

  /** Events are never refused by a bound, so accounts of the seeded chart, which events post to, take none; nor does a parent. */
  private async bounded(tx: Tx, code: string): Promise<InternalAccount> {
    const account = await this.accounts.findByCode(tx, code);
    if (account === null) throw LEDGER_REFUSALS.UNKNOWN_INTERNAL_ACCOUNT();
    if (account.registeredAccountId === null) throw LEDGER_REFUSALS.ACCOUNT_TAKES_NO_BOUNDS();
    return account;
  }

  private async demandBoundsProposal(tx: Tx, id: string): Promise<Approval> {
    const approval = await this.approvals.find(tx, id);
    if (approval?.kind !== BOUNDS_PROPOSAL_KIND) throw LEDGER_REFUSALS.UNKNOWN_PROPOSAL();
    return approval;
  }
}

function boundsOf({ code, balanceMin, balanceMax }: InternalAccount): AccountBounds {
  return { code, balanceMin: balanceMin === null ? null : formatAmount(balanceMin), balanceMax: balanceMax === null ? null : formatAmount(balanceMax) };
}

function minorOf(text: string | null): bigint | null {
  return text === null ? null : parseAmount(text);
}
