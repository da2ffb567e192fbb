import { Inbox, readEnvelope, rethrowFailure, uuidv7, type Envelope, type MessageBatch } from '@jinku/messaging';
import { accountOpenedV1, type AccountOpenedV1, type MessageContract } from '@jinku/contracts';
import { InternalAccountRepository } from '../internal-account/persistence/internal-account.repository.ts';
import { LinkedAccounts } from '../internal-account/persistence/linked-accounts.ts';
import { RuleBook } from '../posting-rule/persistence/rule-book.ts';
import { RuleScheduleRepository } from '../posting-rule/persistence/rule-schedule.repository.ts';
import type { LedgerForTest } from './journal.builder.ts';

/** What consumers need besides the engine. */
export async function aRuleBook(ledger: LedgerForTest): Promise<RuleBook> {
  const rules = new RuleBook(ledger.database, new RuleScheduleRepository());
  await rules.onModuleInit();
  return rules;
}

export const linkedAccounts = (): LinkedAccounts => new LinkedAccounts(new InternalAccountRepository());

/** A message as the bus hands it over; each call is another message, whatever it says. */
export function anEnvelope<P>(contract: MessageContract<P>, data: P): Envelope {
  const [, service = ''] = /^([a-z]+)\./.exec(contract.name) ?? [];
  const headers = { ce_id: uuidv7(), ce_time: '2026-11-21T02:00:00Z', ce_source: `/jinku/${service}`, ce_type: contract.name };
  return readEnvelope({ key: contract.key(data), value: JSON.stringify(data), headers }, contract);
}

/** Delivers as the bus does: in one transaction, without what the inbox has seen before. */
export function delivery(ledger: LedgerForTest, consumer: { handle(batch: MessageBatch): Promise<void> }): (...messages: Envelope[]) => Promise<void> {
  const inbox = new Inbox();
  return (...messages) =>
    ledger.database.transaction(async (tx) => {
      const fresh = await inbox.firstSeen(tx, 'consumer', messages.map((message) => message.id));
      const batch: MessageBatch = { tx, messages: messages.filter((message) => fresh.has(message.id)) };
      await consumer.handle(batch);
      rethrowFailure(batch);
    });
}

const LAST_DIGITS = 12;

/** Opens the internal account of a registered account, as the register asks for it, and answers its id and code. */
export async function anAccount(ledger: LedgerForTest, { number, ...fields }: Partial<AccountOpenedV1> & { number: number }): Promise<{ accountId: string; code: string }> {
  const accountId = `01993c1e-0000-7000-8000-${String(number).padStart(LAST_DIGITS, '0')}`;
  await ledger.database.transaction((tx) => ledger.follow.open(tx, { ...accountOpenedV1.example, accountId, ...fields }));
  const { rows } = await ledger.test.admin.query<{ code: string }>('SELECT code FROM internal_account WHERE registered_account_id = $1', [accountId]);
  return { accountId, code: rows[0]!.code };
}
