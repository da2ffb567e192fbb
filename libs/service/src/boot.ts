import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createDoorbells } from '@jinku/jobs';
import { createMessageLog, MessageBatchStrategy, Outbox, OutboxRelay } from '@jinku/messaging';
import { Database } from '@jinku/persistence';
import { gatewayTokenVerifier } from './gateway-token-verifier.ts';
import { Logger, nestLogger } from './logger.ts';
import { messagingMetrics } from './messaging-metrics.ts';
import { Metrics } from './metrics.ts';
import { openApiOf } from './openapi.ts';
import { ConfigurationError, platformConfig, type Environment, type PlatformConfig } from './platform-config.ts';
import { PlatformModule } from './platform.module.ts';
import { SchemaPipe } from './schema-pipe.ts';
import { portVariable, type ServiceDefinition } from './service-definition.ts';
import { currentMessageContext, runInTrace, traceFrom, traceOfMessages } from './trace-context.ts';

const STATEMENT_TIMEOUT_MS = 15_000;
/** The outbox waits so long for company: a request to the log costs the same for one message as for a hundred. */
const RELAY_LINGER_MS = 10;

export interface RunningService {
  readonly name: string;
  readonly url: string;
  readonly app: INestApplication;
  stop(): Promise<void>;
}

/** Starts one service: pool, bus, jobs, HTTP. Throws when anything it needs does not answer; the supervisor starts it again. */
export async function bootService(definition: ServiceDefinition, environment: Environment): Promise<RunningService> {
  const config = platformConfig(environment);
  const port = Number(environment[portVariable(definition.name)]);
  if (!Number.isInteger(port)) throw new ConfigurationError([`${portVariable(definition.name)} is a port number`]);
  const log = new Logger(definition.name, config.logLevel);
  const database = await Database.open({
    address: config.database,
    name: definition.name,
    entities: definition.entities ?? [],
    poolMax: config.databasePoolMax,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  const { profile, kafkaBrokers, kafkaSecurity } = config;
  const messageLog = await createMessageLog({ profile, database, kafkaBrokers, kafkaSecurity, clientId: definition.name, log });
  const metrics = new Metrics(definition.name);
  const observe = messagingMetrics(metrics);
  const relay = new OutboxRelay({ service: definition.name, database, messageLog, holder: randomUUID(), log, observe, lingerMs: RELAY_LINGER_MS });
  const outbox = new Outbox({ source: definition.name, clock: config.clock, wake: () => relay.wake(), currentContext: currentMessageContext });
  const doorbells = createDoorbells({ service: definition.name, profile: config.profile, mode: config.jobs, database: config.database, redisUrl: config.redisUrl, log });
  const strategy = new MessageBatchStrategy({
    service: definition.name,
    database,
    messageLog,
    log,
    clock: config.clock,
    observe,
    runIn: (messages, work) => runInTrace(traceOfMessages(messages), work),
  });

  const platform = PlatformModule.with({
    serviceName: definition.name,
    config,
    database,
    outbox,
    messageLog,
    doorbells,
    metrics,
    log,
    tokenVerifier: definition.tokenVerifier?.(environment, config) ?? gatewayTokenVerifier(config.keysDir),
  });
  const app = await createApp(definition, { environment, config, platform, log });
  app.connectMicroservice({ strategy }, { inheritAppConfig: false });
  await definition.prepare?.(app, config);
  await relay.start();
  await app.listen(port, config.bind);
  // After the doors: on Kafka, the group of a process that was killed lets its successor in only when the dead member's session has run out.
  await app.startAllMicroservices();
  await doorbells.start();
  log.info('service-ready', { port });

  return {
    name: definition.name,
    url: `http://${config.bind}:${port}`,
    app,
    stop: async () => {
      await doorbells.stop();
      await app.close();
      await relay.stop();
      await messageLog.close();
      await database.close();
    },
  };
}

interface AppParts {
  readonly environment: Environment;
  readonly config: PlatformConfig;
  readonly platform: ReturnType<typeof PlatformModule.with>;
  readonly log: Logger;
}

async function createApp(definition: ServiceDefinition, { environment, config, platform, log }: AppParts): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: definition.bodyBytesMax,
    requestTimeout: STATEMENT_TIMEOUT_MS,
    trustProxy: false,
    forceCloseConnections: 'idle',
  });
  class RootModule {}
  Module({ imports: [platform, definition.module(environment, config)] })(RootModule);
  const app = await NestFactory.create<NestFastifyApplication>(RootModule, adapter, { logger: nestLogger(log), abortOnError: false });
  adapter.getInstance().addHook('onRequest', (request, reply, done) => {
    const trace = traceFrom(request.headers);
    void reply.header('x-correlation-id', trace.correlationId);
    runInTrace(trace, done);
  });
  app.useGlobalPipes(new SchemaPipe());
  let document: string | undefined;
  adapter.getInstance().get('/openapi.json', (_request, reply) => {
    document ??= JSON.stringify(openApiOf(app, definition));
    void reply.header('content-type', 'application/json').send(document);
  });
  return app;
}
