import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { Doorbells } from '@jinku/jobs';
import { Outbox, type MessageLog } from '@jinku/messaging';
import { Database } from '@jinku/persistence';
import { AuditTrail } from './audit-trail.ts';
import type { EventLog } from './logger.ts';
import { Metrics } from './metrics.ts';
import { OperationsController } from './operations.controller.ts';
import { ParkedMessagesController } from './parked-messages.controller.ts';
import { ParkedMessagesFigure } from './parked-messages-figure.ts';
import type { PlatformConfig } from './platform-config.ts';
import { ProblemFilter } from './problem.filter.ts';
import { ServiceTokenGuard, type TokenVerifier } from './service-token.guard.ts';
import { CLOCK, EVENT_LOG, MESSAGE_LOG, PLATFORM_CONFIG, SERVICE_NAME, TOKEN_VERIFIER } from './tokens.ts';

export interface PlatformParts {
  readonly serviceName: string;
  readonly config: PlatformConfig;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly messageLog: MessageLog;
  readonly doorbells: Doorbells;
  readonly metrics: Metrics;
  readonly log: EventLog;
  readonly tokenVerifier: TokenVerifier;
}

/** What every service may inject without importing it. */
@Global()
@Module({})
export class PlatformModule {
  static with(parts: PlatformParts): DynamicModule {
    const values = [
      { provide: Database, useValue: parts.database },
      { provide: Outbox, useValue: parts.outbox },
      { provide: Doorbells, useValue: parts.doorbells },
      { provide: Metrics, useValue: parts.metrics },
      { provide: CLOCK, useValue: parts.config.clock },
      { provide: EVENT_LOG, useValue: parts.log },
      { provide: MESSAGE_LOG, useValue: parts.messageLog },
      { provide: PLATFORM_CONFIG, useValue: parts.config },
      { provide: SERVICE_NAME, useValue: parts.serviceName },
      { provide: TOKEN_VERIFIER, useValue: parts.tokenVerifier },
    ];
    return {
      module: PlatformModule,
      controllers: [OperationsController, ParkedMessagesController],
      providers: [...values, AuditTrail, ParkedMessagesFigure, { provide: APP_FILTER, useClass: ProblemFilter }, { provide: APP_GUARD, useClass: ServiceTokenGuard }],
      exports: [...values.map((value) => value.provide), AuditTrail],
    };
  }
}
