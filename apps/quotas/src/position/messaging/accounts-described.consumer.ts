import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { accountDescribedV1, type AccountDescribedV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { PositionRepository } from '../persistence/position.repository.ts';

/** The connector that tells balances of the central reserve, unless a binding names another. */
const CENTRAL_BANK = 'CENTRAL_BANK';
const BALANCE_USE = 'BALANCE';

/** Which accounts there are, and who is asked for their balances. */
@Controller()
export class AccountsDescribedConsumer {
  constructor(private readonly positions: PositionRepository) {}

  @MessageBatchHandler({ consumer: 'quotas.accounts', contracts: [accountDescribedV1] })
  async handle(@Payload() { tx, messages }: MessageBatch<AccountDescribedV1>): Promise<void> {
    const accounts = messages.map(({ data }) => ({
      accountId: data.accountId,
      version: data.version,
      accountClass: data.accountClass,
      owner: data.owner,
      name: data.name,
      accountNumber: data.accountNumber,
      isCollected: data.state !== 'PENDING_OPEN' && data.state !== 'CLOSED',
      connectorType: balanceConnectorOf(data),
    }));
    await this.positions.upsertAccounts(tx, accounts);
  }
}

export function balanceConnectorOf({ accountClass, connectorType, bindings }: Pick<AccountDescribedV1, 'accountClass' | 'connectorType' | 'bindings'>): string | null {
  const bound = bindings.find(({ use }) => use === BALANCE_USE)?.connectorType;
  if (bound !== undefined) return bound;
  return accountClass === 'CENTRAL_RESERVE' ? CENTRAL_BANK : (connectorType ?? null);
}
