import { Module, type DynamicModule } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import { PayeeCipher } from '@jinku/security';
import type { PlatformConfig } from '@jinku/service';
import { IdempotentWrites } from '@jinku/service';
import { ACCOUNT_PROVIDERS } from './account-providers.ts';
import { AccountClosingsController } from './account/http/account-closings.controller.ts';
import { AccountProposalsController } from './account/http/account-proposals.controller.ts';
import { AccountsController } from './account/http/accounts.controller.ts';
import { DueWork } from './account/jobs/due-work.ts';
import { InternalAccountLinkedConsumer } from './account/messaging/internal-account-linked.consumer.ts';
import { ConnectorTypesController } from './connector-type/http/connector-types.controller.ts';
import { accountCipher } from './config.ts';

@Module({})
export class AccountsModule {
  static with(platform: PlatformConfig): DynamicModule {
    return {
      module: AccountsModule,
      controllers: [AccountProposalsController, AccountClosingsController, AccountsController, ConnectorTypesController, InternalAccountLinkedConsumer],
      providers: [
        ...ACCOUNT_PROVIDERS,
        IdempotentWrites,
        DueWork,
        { provide: Approvals, useValue: new Approvals() },
        { provide: PayeeCipher, useFactory: () => accountCipher(platform.keysDir) },
      ],
    };
  }
}
