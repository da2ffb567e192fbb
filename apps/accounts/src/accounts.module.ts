import { Module, type DynamicModule } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import { PayeeCipher } from '@jinku/security';
import type { PlatformConfig } from '@jinku/service';
import { AccountsController } from './account/http/accounts.controller.ts';
import { InternalAccountLinkedConsumer } from './account/messaging/internal-account-linked.consumer.ts';
import { AccountRepository } from './account/persistence/account.repository.ts';
import { ChangeAccountState } from './account/use-cases/change-account-state.ts';
import { DecideAccountOpening } from './account/use-cases/decide-account-opening.ts';
import { FollowLink } from './account/use-cases/follow-link.ts';
import { RequestAccountOpening } from './account/use-cases/request-account-opening.ts';
import { accountCipher } from './config.ts';

@Module({})
export class AccountsModule {
  static with(platform: PlatformConfig): DynamicModule {
    return {
      module: AccountsModule,
      controllers: [AccountsController, InternalAccountLinkedConsumer],
      providers: [
        AccountRepository,
        RequestAccountOpening,
        DecideAccountOpening,
        ChangeAccountState,
        FollowLink,
        { provide: Approvals, useValue: new Approvals() },
        { provide: PayeeCipher, useFactory: () => accountCipher(platform.keysDir) },
      ],
    };
  }
}
