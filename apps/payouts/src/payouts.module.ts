import { Module, type DynamicModule } from '@nestjs/common';
import { railsOf, type PayoutRail } from '@jinku/connectors';
import { ConfigurationError, type Environment, type PlatformConfig } from '@jinku/service';
import { AttemptsController } from './attempt/http/attempts.controller.ts';
import { ResolutionsController } from './attempt/http/resolutions.controller.ts';
import { ReturnsController } from './attempt/http/returns.controller.ts';
import { DueWork } from './attempt/jobs/due-work.ts';
import { RailNoticesConsumer } from './attempt/messaging/rail-notices.consumer.ts';
import { CLIENT_KEYS, PAYEE_CIPHER, PAYOUT_RAIL, PAYOUTS_CONFIG, payoutsConfig } from './config.ts';
import { GrantSetConsumer } from './grant/messaging/grant-set.consumer.ts';
import { clientKeysOf, payeeCipherOf } from './keys.ts';
import { RegisterController } from './merchant/http/register.controller.ts';
import { DispatchSwitchController } from './payout/http/dispatch-switch.controller.ts';
import { PayoutsController } from './payout/http/payouts.controller.ts';
import { QuarantineController } from './payout/http/quarantine.controller.ts';
import { SlowSweeps } from './payout/jobs/slow-sweeps.ts';
import { PayoutRequestsConsumer } from './payout/messaging/payout-requests.consumer.ts';
import { PAYOUTS_PROVIDERS, ROUTE } from './payouts-providers.ts';

@Module({})
export class PayoutsModule {
  static with(environment: Environment, platform: PlatformConfig): DynamicModule {
    return {
      module: PayoutsModule,
      controllers: [
        ...[QuarantineController, ReturnsController, ResolutionsController, AttemptsController, PayoutsController, DispatchSwitchController, RegisterController],
        ...[PayoutRequestsConsumer, RailNoticesConsumer, GrantSetConsumer],
      ],
      providers: [
        ...PAYOUTS_PROVIDERS,
        DueWork,
        SlowSweeps,
        { provide: PAYOUTS_CONFIG, useValue: payoutsConfig(environment) },
        { provide: PAYEE_CIPHER, useFactory: () => payeeCipherOf(platform.keysDir) },
        { provide: CLIENT_KEYS, useFactory: () => clientKeysOf(platform.keysDir) },
        { provide: PAYOUT_RAIL, useFactory: () => netsUnion(railsOf(environment, platform.keysDir)) },
      ],
    };
  }
}

function netsUnion(rails: readonly PayoutRail[]): PayoutRail {
  const rail = rails.find((one) => one.clearingHouse === ROUTE);
  if (rail === undefined) throw new ConfigurationError(['the rail NETSUNION is configured']);
  return rail;
}
