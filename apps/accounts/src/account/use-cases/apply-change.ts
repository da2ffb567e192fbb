import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { ConnectorTypeRepository } from '../../connector-type/persistence/connector-type.repository.ts';
import { checkRegistered, type Account } from '../domain/account.ts';
import { askingLedger, changedTerms, type TermsChange } from '../domain/change-account.ts';
import { checkConnectors } from '../domain/check-connectors.ts';
import { AccountRepository } from '../persistence/account.repository.ts';
import { RecordAccount, type ActBy } from './record-account.ts';

/** Puts an approved change in force. The caller holds the register's lock and the account's, so the rules are judged once more. */
@Injectable()
export class ApplyChange {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly connectorTypes: ConnectorTypeRepository,
    private readonly record: RecordAccount,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, account: Account, { change, by, reason }: { change: TermsChange; by: ActBy; reason: string }): Promise<void> {
    const changed = changedTerms(account, change);
    checkRegistered(changed, await this.accounts.listOthers(tx, account.id));
    checkConnectors(changed, await this.connectorTypes.inForce(tx, businessDateOf(this.clock.now())));
    // The ledger knows of an account's fields only its name.
    const told = changed.name === account.name ? changed : askingLedger(changed);
    await this.record.execute(tx, { before: account, changed: told, act: 'CHANGED', by, reason });
  }
}
