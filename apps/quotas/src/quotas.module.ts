import { Module, type DynamicModule } from '@nestjs/common';
import { banksOf, centralBankRail, railsOf, type BalanceRail, type QuotaRail, type SessionRail } from '@jinku/connectors';
import { clientKeysOf } from '@jinku/security';
import type { Environment, PlatformConfig } from '@jinku/service';
import { AdjustmentsController } from './adjustment/http/adjustments.controller.ts';
import { QuotaNoticesConsumer } from './adjustment/messaging/quota-notices.consumer.ts';
import { AutomaticActsController } from './automatic/http/automatic-acts.controller.ts';
import { BufferController } from './buffer/http/buffer.controller.ts';
import { CollectionsConsumer } from './collection/messaging/collections.consumer.ts';
import { BALANCE_RAILS, CLIENT_KEYS, QUOTAS_CONFIG, quotasConfig, RAILS, SESSION_RAILS } from './config.ts';
import { GrantUsageConsumer } from './grant/messaging/grant-usage.consumer.ts';
import { QuotasController } from './quota/http/quotas.controller.ts';
import { TransferGrantUsageConsumer } from './grant/messaging/transfer-grant-usage.consumer.ts';
import { QuotaPolicyController } from './policy/http/quota-policy.controller.ts';
import { PositionsController } from './position/http/positions.controller.ts';
import { AccountsDescribedConsumer } from './position/messaging/accounts-described.consumer.ts';
import { QUOTAS_PROVIDERS } from './quotas-providers.ts';
import { SessionsController } from './session/http/sessions.controller.ts';
import { TransferLegsConsumer } from './session/messaging/transfer-legs.consumer.ts';
import { ShiftsController } from './shift/http/shifts.controller.ts';

@Module({})
export class QuotasModule {
  static with(environment: Environment, platform: PlatformConfig): DynamicModule {
    return {
      module: QuotasModule,
      controllers: [
        ...[AutomaticActsController, BufferController, ShiftsController, QuotaPolicyController, SessionsController, PositionsController, QuotasController, AdjustmentsController],
        ...[GrantUsageConsumer, TransferGrantUsageConsumer, QuotaNoticesConsumer, CollectionsConsumer, TransferLegsConsumer, AccountsDescribedConsumer],
      ],
      providers: [
        ...QUOTAS_PROVIDERS,
        { provide: QUOTAS_CONFIG, useValue: quotasConfig(environment) },
        { provide: RAILS, useFactory: () => railsOf(environment, platform.keysDir) },
        { provide: SESSION_RAILS, useFactory: (rails: readonly QuotaRail[]) => rails.filter(tellsSessions), inject: [RAILS] },
        { provide: BALANCE_RAILS, useFactory: () => balanceRails(environment, platform.keysDir) },
        { provide: CLIENT_KEYS, useFactory: () => clientKeysOf(platform.keysDir) },
      ],
    };
  }
}

/** Who tells balances, by the connector type that accounts name. */
function balanceRails(environment: Environment, keysDir: string): ReadonlyMap<string, BalanceRail> {
  const central = centralBankRail(environment, keysDir);
  const rails = new Map<string, BalanceRail>(banksOf(environment, keysDir).map((bank) => [bank.connectorType, bank]));
  return central === null ? rails : rails.set('CENTRAL_BANK', central);
}

function tellsSessions(rail: QuotaRail): rail is QuotaRail & SessionRail {
  return 'readSession' in rail;
}
