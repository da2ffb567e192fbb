import { Module, type DynamicModule } from '@nestjs/common';
import { railsOf } from '@jinku/connectors';
import type { Environment, PlatformConfig } from '@jinku/service';
import { AdjustmentsController } from './adjustment/http/adjustments.controller.ts';
import { QuotaNoticesConsumer } from './adjustment/messaging/quota-notices.consumer.ts';
import { BufferController } from './buffer/http/buffer.controller.ts';
import { QUOTAS_CONFIG, quotasConfig, RAILS } from './config.ts';
import { GrantUsageConsumer } from './grant/messaging/grant-usage.consumer.ts';
import { QuotasController } from './quota/http/quotas.controller.ts';
import { QuotaPolicyController } from './policy/http/quota-policy.controller.ts';
import { QUOTAS_PROVIDERS } from './quotas-providers.ts';
import { ShiftsController } from './shift/http/shifts.controller.ts';

@Module({})
export class QuotasModule {
  static with(environment: Environment, platform: PlatformConfig): DynamicModule {
    return {
      module: QuotasModule,
      controllers: [
        ...[BufferController, ShiftsController, QuotaPolicyController, QuotasController, AdjustmentsController],
        ...[GrantUsageConsumer, QuotaNoticesConsumer],
      ],
      providers: [
        ...QUOTAS_PROVIDERS,
        { provide: QUOTAS_CONFIG, useValue: quotasConfig(environment) },
        { provide: RAILS, useFactory: () => railsOf(environment, platform.keysDir) },
      ],
    };
  }
}
