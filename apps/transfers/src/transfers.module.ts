import { Module, type DynamicModule } from '@nestjs/common';
import { banksOf, centralBankRail, railsOf } from '@jinku/connectors';
import { clientKeysOf } from '@jinku/security';
import type { Environment, PlatformConfig } from '@jinku/service';
import { IdempotentWrites } from '@jinku/service';
import { AccountDescribedConsumer } from './account/messaging/account-described.consumer.ts';
import { PositionObservedConsumer } from './account/messaging/position-observed.consumer.ts';
import { CLIENT_KEYS, PAYOUT_RAILS, RESERVE_RAIL, TRANSFER_RAILS, TRANSFERS_CONFIG, transfersConfig } from './config.ts';
import { FeeAccrualConsumer } from './fee-accrual/messaging/fee-accrual.consumer.ts';
import { GrantSetConsumer } from './grant/messaging/grant-set.consumer.ts';
import { TransferOrdersController } from './transfer-order/http/transfer-orders.controller.ts';
import { RailNoticesConsumer } from './transfer-order/messaging/rail-notices.consumer.ts';
import { TransferRulesController } from './transfer-rule/http/transfer-rules.controller.ts';
import { RuleProposalsController } from './transfer-rule/http/rule-proposals.controller.ts';
import { TRANSFERS_PROVIDERS } from './transfers-providers.ts';

@Module({})
export class TransfersModule {
  static with(environment: Environment, platform: PlatformConfig): DynamicModule {
    return {
      module: TransfersModule,
      controllers: [
        ...[TransferOrdersController, RuleProposalsController, TransferRulesController],
        ...[AccountDescribedConsumer, PositionObservedConsumer, FeeAccrualConsumer, GrantSetConsumer, RailNoticesConsumer],
      ],
      providers: [
        ...TRANSFERS_PROVIDERS,
        IdempotentWrites,
        { provide: TRANSFERS_CONFIG, useValue: transfersConfig(environment) },
        { provide: CLIENT_KEYS, useFactory: () => clientKeysOf(platform.keysDir) },
        { provide: PAYOUT_RAILS, useFactory: () => railsOf(environment, platform.keysDir) },
        { provide: TRANSFER_RAILS, useFactory: () => banksOf(environment, platform.keysDir) },
        { provide: RESERVE_RAIL, useFactory: () => centralBankRail(environment, platform.keysDir) },
      ],
    };
  }
}
