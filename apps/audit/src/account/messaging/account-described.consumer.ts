import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { accountDescribedV1, type AccountDescribedV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import type { AuditedAccount } from '../domain/audited-account.ts';
import { AccountRepository } from '../persistence/account.repository.ts';

@Controller()
export class AccountDescribedConsumer {
  constructor(private readonly accounts: AccountRepository) {}

  @MessageBatchHandler({ consumer: 'audit.accounts', contracts: [accountDescribedV1] })
  async handle(@Payload() batch: MessageBatch<AccountDescribedV1>): Promise<void> {
    await this.accounts.upsertMany(batch.tx, newestOf(batch.messages.map(({ data }) => auditedOf(data))));
  }
}

/** A batch may hold several versions of one account; an INSERT takes each row once. */
function newestOf(accounts: readonly AuditedAccount[]): AuditedAccount[] {
  const newest = new Map<string, AuditedAccount>();
  for (const account of accounts) if ((newest.get(account.id)?.version ?? 0) < account.version) newest.set(account.id, account);
  return [...newest.values()];
}

function auditedOf({ accountId: id, version, accountClass, owner, name, state, accountNumber, connectorType }: AccountDescribedV1): AuditedAccount {
  return { id, version, accountClass, owner, name, state, accountNumber, connectorType: connectorType ?? null };
}
