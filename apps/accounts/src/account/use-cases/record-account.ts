import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { accountRenamedV1, accountStateChangedV1 } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import type { Account } from '../domain/account.ts';
import { differenceOf } from '../domain/change-account.ts';
import { AccountHistoryRepository, type HistoryAct } from '../persistence/account-history.repository.ts';
import { AccountRepository } from '../persistence/account.repository.ts';
import { DescribeAccount } from './describe-account.ts';

/** Who stands behind an act: both persons of a proposal, one person, or nobody when a service answered or a day came. */
export interface ActBy {
  readonly makerId: string | null;
  readonly checkerId: string | null;
  readonly approvalId: string | null;
}

export const NOBODY: ActBy = { makerId: null, checkerId: null, approvalId: null };

export interface AccountRecord {
  readonly before: Account;
  readonly changed: Account;
  readonly act: HistoryAct;
  readonly by: ActBy;
  readonly reason: string;
}

/** The one way an account is written: row, history, audit trail, and the messages that tell of it, in one transaction. */
@Injectable()
export class RecordAccount {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly history: AccountHistoryRepository,
    private readonly outbox: Outbox,
    private readonly describe: DescribeAccount,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, { before, changed, act, by, reason }: AccountRecord): Promise<Account> {
    const now = this.clock.now();
    const after = { ...changed, version: before.version + 1 };
    const difference = differenceOf(before, after);
    await this.accounts.replace(tx, { before, after });
    await this.history.append(tx, { accountId: after.id, version: after.version, act, effectiveOn: businessDateOf(now), recordedAt: now, reason, ...by, ...difference });
    await this.audit.record(tx, { actor: personOf(by), action: `accounts.${act.toLowerCase()}`, subject: after.id, reason, ...difference });
    await this.tell(tx, { before, after, at: now.toISOString() });
    await this.describe.execute(tx, after);
    return after;
  }

  private async tell(tx: Tx, { before, after, at }: { before: Account; after: Account; at: string }): Promise<void> {
    const asked = before.linkVersion === after.linkVersion ? {} : { linkVersion: after.linkVersion };
    if (before.state !== after.state) {
      await this.outbox.add(tx, accountStateChangedV1, { accountId: after.id, from: before.state, to: after.state, changedAt: at, ...asked });
    }
    if (before.name !== after.name) {
      await this.outbox.add(tx, accountRenamedV1, { accountId: after.id, name: after.name, renamedAt: at, linkVersion: after.linkVersion });
    }
  }
}

/** Whoever's decision made it happen. */
function personOf({ makerId, checkerId }: ActBy): Pick<Actor, 'kind' | 'id'> | null {
  const id = checkerId ?? makerId;
  return id === null ? null : { kind: 'PERSON', id };
}
