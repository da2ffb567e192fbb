import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import { noticesOf } from '@jinku/connectors';
import { readEd25519PrivateKey } from '@jinku/security';
import type { Environment, PlatformConfig } from '@jinku/service';
import { ApiDocumentation } from './api-page/api-document.ts';
import { ClientDirectory } from './client/client-directory.ts';
import { TokenController } from './client/http/token.controller.ts';
import { ClientTokenRepository } from './client/persistence/client-token.repository.ts';
import { IssueAccessToken } from './client/use-cases/issue-access-token.ts';
import { GATEWAY_CONFIG, gatewayConfig } from './config.ts';
import { SessionAndAccessTokenVerifier, verifierOf } from './gateway-token-verifier.ts';
import { MessageDoor } from './message-door/http/message-door.ts';
import { ResultsController } from './message-door/http/results.controller.ts';
import { PayoutResultsConsumer } from './message-door/messaging/payout-results.consumer.ts';
import { ResultMessageRepository } from './message-door/persistence/result-message.repository.ts';
import { AppendClientMessage } from './message-door/use-cases/append-client-message.ts';
import { NoticeDoor, RAIL_NOTICES } from './notice/http/notice-door.ts';
import { NoticeRepository } from './notice/persistence/notice.repository.ts';
import { QuarantineNotice } from './notice/use-cases/quarantine-notice.ts';
import { ReceiveNotices } from './notice/use-cases/receive-notices.ts';
import { AuthController } from './person/http/auth.controller.ts';
import { PeopleController } from './person/http/people.controller.ts';
import { LoginFailureRepository } from './person/persistence/login-failure.repository.ts';
import { PersonRepository } from './person/persistence/person.repository.ts';
import { SessionRepository } from './person/persistence/session.repository.ts';
import { AddPerson } from './person/use-cases/add-person.ts';
import { BeginSession } from './person/use-cases/begin-session.ts';
import { ChangePassword } from './person/use-cases/change-password.ts';
import { ChangePerson } from './person/use-cases/change-person.ts';
import { CreateFirstAdmin, SHOW_ONCE } from './person/use-cases/create-first-admin.ts';
import { EndSession } from './person/use-cases/end-session.ts';
import { Authentication } from './proxy/authentication.ts';
import { Proxy } from './proxy/proxy.ts';
import { ServiceTokens } from './proxy/service-tokens.ts';
import { SystemStatusController } from './proxy/system-status.controller.ts';
import { Upstreams } from './proxy/upstreams.ts';
import { LoginRate } from './rate-limit/login-rate.ts';
import { SweepExpired } from './retention/sweep-expired.ts';

const PEOPLE = [PersonRepository, SessionRepository, LoginFailureRepository, BeginSession, EndSession, ChangePassword, AddPerson, ChangePerson, CreateFirstAdmin];
const CLIENTS = [ClientTokenRepository, IssueAccessToken];
const NOTICES = [NoticeRepository, ReceiveNotices, QuarantineNotice, NoticeDoor];
const MESSAGES = [ResultMessageRepository, AppendClientMessage, MessageDoor];
const PROXY = [Authentication, Proxy, ApiDocumentation, LoginRate, SweepExpired];

@Module({})
export class GatewayModule {
  static with(environment: Environment, platform: PlatformConfig): DynamicModule {
    const config = gatewayConfig(environment);
    return {
      module: GatewayModule,
      controllers: [AuthController, PeopleController, TokenController, ResultsController, SystemStatusController, PayoutResultsConsumer],
      providers: [
        ...PEOPLE,
        ...CLIENTS,
        ...NOTICES,
        ...MESSAGES,
        ...PROXY,
        { provide: GATEWAY_CONFIG, useValue: config },
        { provide: SessionAndAccessTokenVerifier, useFactory: () => verifierOf(platform, config.actorRate) },
        { provide: SHOW_ONCE, useValue: (line: string) => process.stdout.write(`${line}\n`) },
        { provide: ClientDirectory, useFactory: () => ClientDirectory.read(platform.keysDir) },
        { provide: RAIL_NOTICES, useFactory: () => noticesOf(environment, platform.keysDir) },
        { provide: Upstreams, useFactory: () => new Upstreams(config) },
        { provide: ServiceTokens, useFactory: () => new ServiceTokens(tokenKey(platform.keysDir)) },
      ],
    };
  }
}

function tokenKey(keysDir: string): ReturnType<typeof readEd25519PrivateKey> {
  return readEd25519PrivateKey('gateway-token', readFileSync(join(keysDir, 'gateway-token.key'), 'utf8'));
}
