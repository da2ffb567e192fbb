import { Module, type DynamicModule } from '@nestjs/common';
import { railsOf } from '@jinku/connectors';
import type { Environment, PlatformConfig } from '@jinku/service';
import { AttemptsController } from './attempt/http/attempts.controller.ts';
import { ResolutionsController } from './attempt/http/resolutions.controller.ts';
import { ReturnsController } from './attempt/http/returns.controller.ts';
import { DueWork } from './attempt/jobs/due-work.ts';
import { RailNoticesConsumer } from './attempt/messaging/rail-notices.consumer.ts';
import { CLIENT_KEYS, PAYEE_CIPHER, PAYOUT_RAILS, PAYOUTS_CONFIG, payoutsConfig } from './config.ts';
import { BacklogController } from './grant/http/backlog.controller.ts';
import { GrantSetConsumer } from './grant/messaging/grant-set.consumer.ts';
import { clientKeysOf, payeeCipherOf } from './keys.ts';
import { RegisterController } from './merchant/http/register.controller.ts';
import { DispatchSwitchController } from './payout/http/dispatch-switch.controller.ts';
import { PayoutFilesController } from './payout/http/payout-files.controller.ts';
import { PayoutsController } from './payout/http/payouts.controller.ts';
import { QuarantineController } from './payout/http/quarantine.controller.ts';
import { SlowSweeps } from './payout/jobs/slow-sweeps.ts';
import { PayoutRequestsConsumer } from './payout/messaging/payout-requests.consumer.ts';
import { PAYOUTS_PROVIDERS } from './payouts-providers.ts';
import { BreakersController } from './route/http/breakers.controller.ts';
import { RoutesController } from './route/http/routes.controller.ts';

@Module({})
export class PayoutsModule {
  static with(environment: Environment, platform: PlatformConfig): DynamicModule {
    const config = payoutsConfig(environment);
    return {
      module: PayoutsModule,
      controllers: [
        ...[QuarantineController, ReturnsController, ResolutionsController, AttemptsController, PayoutsController, DispatchSwitchController, RegisterController],
        ...[PayoutFilesController, BacklogController, BreakersController, RoutesController],
        ...[PayoutRequestsConsumer, RailNoticesConsumer, GrantSetConsumer],
      ],
      providers: [
        ...PAYOUTS_PROVIDERS,
        DueWork,
        SlowSweeps,
        { provide: PAYOUTS_CONFIG, useValue: config },
        { provide: PAYEE_CIPHER, useFactory: () => payeeCipherOf(platform.keysDir) },
        { provide: CLIENT_KEYS, useFactory: () => clientKeysOf(platform.keysDir) },
        { provide: PAYOUT_RAILS, useFactory: () => railsOf(environment, platform.keysDir, { connections: config.concurrencyMax }) },
      ],
    };
  }
}
