import { Module, type DynamicModule } from '@nestjs/common';
import { clientKeysOf } from '@jinku/security';
import type { Environment, PlatformConfig } from '@jinku/service';
import { AccountDescribedConsumer } from './account/messaging/account-described.consumer.ts';
import { AUDIT_PROVIDERS } from './audit-providers.ts';
import { PayoutBillsController } from './bill/http/payout-bills.controller.ts';
import { LedgerBooks } from './books/ledger-books.ts';
import { BreaksController } from './break/http/breaks.controller.ts';
import { ChecksController } from './check/http/checks.controller.ts';
import { AUDIT_CONFIG, auditConfig, CLIENT_KEYS } from './config.ts';
import { LegSettledConsumer } from './counterpart/messaging/leg-settled.consumer.ts';
import { PayoutEventsConsumer } from './counterpart/messaging/payout-events.consumer.ts';
import { QuotaEventsConsumer } from './counterpart/messaging/quota-events.consumer.ts';
import { ClientObligationsConsumer } from './obligation/messaging/client-obligations.consumer.ts';
import { AUDIT_RAILS, auditRails } from './rails.ts';
import { RulesController } from './recognition/http/rules.controller.ts';
import { StatementsController } from './statement/http/statements.controller.ts';

@Module({})
export class AuditModule {
  static with(environment: Environment, platform: PlatformConfig): DynamicModule {
    const config = auditConfig(environment);
    return {
      module: AuditModule,
      controllers: [
        ...[StatementsController, PayoutBillsController, ChecksController, BreaksController, RulesController],
        ...[AccountDescribedConsumer, PayoutEventsConsumer, QuotaEventsConsumer, LegSettledConsumer, ClientObligationsConsumer],
      ],
      providers: [
        ...AUDIT_PROVIDERS,
        { provide: AUDIT_CONFIG, useValue: config },
        { provide: CLIENT_KEYS, useFactory: () => clientKeysOf(platform.keysDir) },
        {
          provide: LedgerBooks,
          useValue: new LedgerBooks({ url: config.ledgerUrl, keysDir: platform.keysDir, timeoutMs: config.callTimeoutMs, clock: platform.clock }),
        },
        { provide: AUDIT_RAILS, useFactory: () => auditRails(environment, platform.keysDir) },
      ],
    };
  }
}
