import { Module, type DynamicModule } from '@nestjs/common';
import { railsOf } from '@jinku/connectors';
import type { Environment, PlatformConfig } from '@jinku/service';
import { QUOTAS_CONFIG, quotasConfig, RAILS } from './config.ts';
import { GrantUsageConsumer } from './grant/messaging/grant-usage.consumer.ts';
import { GrantRepository } from './grant/persistence/grant.repository.ts';
import { RecordGrantUsage } from './grant/use-cases/record-grant-usage.ts';
import { SetGrants } from './grant/use-cases/set-grants.ts';
import { QuotasController } from './quota/http/quotas.controller.ts';
import { CollectQuota } from './quota/jobs/collect-quota.ts';
import { QuotaRepository } from './quota/persistence/quota.repository.ts';
import { ReadPositionBoard } from './quota/queries/read-position-board.ts';
import { RecordQuotaObservation } from './quota/use-cases/record-quota-observation.ts';

@Module({})
export class QuotasModule {
  static with(environment: Environment, platform: PlatformConfig): DynamicModule {
    return {
      module: QuotasModule,
      controllers: [QuotasController, GrantUsageConsumer],
      providers: [
        QuotaRepository,
        GrantRepository,
        SetGrants,
        RecordGrantUsage,
        RecordQuotaObservation,
        ReadPositionBoard,
        CollectQuota,
        { provide: QUOTAS_CONFIG, useValue: quotasConfig(environment) },
        { provide: RAILS, useFactory: () => railsOf(environment, platform.keysDir) },
      ],
    };
  }
}
