import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { accountDescribedV1 } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { PayeeCipher } from '@jinku/security';
import { CLOCK } from '@jinku/service';
import { isUsable, type Account } from '../domain/account.ts';
import { AccountRepository } from '../persistence/account.repository.ts';

/**
 * Tells the account whole, in the transaction that wrote it: whoever works with it needs no other message. The register knows one name of an
 * account, which is the name its bank knows it by.
 */
@Injectable()
export class DescribeAccount {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly cipher: PayeeCipher,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, account: Account): Promise<void> {
    const accountNumber = this.cipher.decrypt(await this.accounts.numberCipherOf(tx, account.id), account.id);
    await this.outbox.add(tx, accountDescribedV1, {
      accountId: account.id,
      version: account.version,
      accountClass: account.accountClass,
      ...(account.subtype === null ? {} : { subtype: account.subtype }),
      owner: account.owner,
      name: account.name,
      state: account.state,
      isUsable: isUsable(account),
      isFiled: account.isFiled,
      accountNumber,
      accountName: account.name,
      bankCode: account.bankCode,
      ...(account.connectorType === null ? {} : { connectorType: account.connectorType }),
      bindings: account.secondaryConnectors.map(({ capability, connectorType }) => ({ use: capability, connectorType })),
      describedAt: this.clock.now().toISOString(),
    });
  }
}
