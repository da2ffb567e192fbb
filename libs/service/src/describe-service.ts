import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Doorbells } from '@jinku/jobs';
import type { MessageBatchHandlerOptions, MessageLog, Outbox } from '@jinku/messaging';
import type { Database } from '@jinku/persistence';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { EventLog } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { openApiOf } from './openapi.ts';
import { platformConfig, type Environment } from './platform-config.ts';
import { PlatformModule } from './platform.module.ts';
import { consumersOf } from './routes.ts';
import { portVariable, type ServiceDefinition } from './service-definition.ts';
import type { TokenVerifier } from './service-token.guard.ts';

export interface ServiceDescription {
  readonly name: string;
  readonly openApi: OpenAPIObject;
  readonly consumers: readonly MessageBatchHandlerOptions[];
}

/** Stands for what a service that is only looked at never asks. */
const nothing = {} as unknown;

/**
 * What a service says of itself to the outside, read from its wiring: the same as the running service answers, without starting it. Nest's preview
 * makes no instance of anything, so neither database nor keys are needed.
 */
export async function describeService(definition: ServiceDefinition, upstreams: readonly string[]): Promise<ServiceDescription> {
  const environment = placeholders(upstreams);
  const config = platformConfig(environment);
  const platform = PlatformModule.with({
    serviceName: definition.name,
    config,
    database: nothing as Database,
    outbox: nothing as Outbox,
    messageLog: nothing as MessageLog,
    doorbells: nothing as Doorbells,
    metrics: nothing as Metrics,
    log: nothing as EventLog,
    tokenVerifier: nothing as TokenVerifier,
  });
  class RootModule {}
  Module({ imports: [platform, definition.module(environment, config)] })(RootModule);
  const app = await NestFactory.create(RootModule, new FastifyAdapter(), { preview: true, logger: false, abortOnError: false });
  return { name: definition.name, openApi: openApiOf(app, definition), consumers: consumersOf(app) };
}

/** Addresses that nobody listens on, for settings that have no default. */
function placeholders(services: readonly string[]): Environment {
  const nowhere = 'http://127.0.0.1:1';
  const addresses = services.flatMap((name) => [
    [portVariable(name), '1'],
    [portVariable(name).replace(/_PORT$/, '_URL'), nowhere],
  ]);
  return {
    JINKU_DATABASE_URL: 'postgres://127.0.0.1:1/jinku',
    JINKU_DATABASE_SECRET: 'nothing is opened with this secret',
    JINKU_KEYS_DIR: '/nowhere',
    JINKU_BANK_ALPHA_URL: nowhere,
    JINKU_BANK_BETA_URL: nowhere,
    JINKU_CENTRAL_BANK_URL: nowhere,
    JINKU_NETSUNION_URL: nowhere,
    ...Object.fromEntries(addresses),
  };
}
