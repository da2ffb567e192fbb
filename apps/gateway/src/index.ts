import type { FastifyInstance } from 'fastify';
import type { INestApplication } from '@nestjs/common';
import { Database } from '@jinku/persistence';
import { openApiOf, type ServiceDefinition } from '@jinku/service';
import { ApiDocumentation } from './api-page/api-document.ts';
import { registerApiPage } from './api-page/api-page.ts';
import { BODY_BYTES_MAX, gatewayConfig } from './config.ts';
import { SessionAndAccessTokenVerifier, verifierOf } from './gateway-token-verifier.ts';
import { GatewayModule } from './gateway.module.ts';
import { MessageDoor } from './message-door/http/message-door.ts';
import { gatewayMigrations } from './migrations/index.ts';
import { NoticeDoor } from './notice/http/notice-door.ts';
import { CreateFirstAdmin } from './person/use-cases/create-first-admin.ts';
import { Proxy } from './proxy/proxy.ts';
import { addSecurityHeaders } from './security-headers.ts';

export { publicDocument } from './api-page/api-document.ts';

export const gatewayService: ServiceDefinition = {
  name: 'gateway',
  sentence: 'The one door: who may ask, how often, and which service answers; the notices of clearing houses and the messages of clients come in here.',
  migrations: gatewayMigrations,
  module: (environment, platform) => GatewayModule.with(environment, platform),
  bodyBytesMax: BODY_BYTES_MAX,
  tokenVerifier: (environment, platform) => verifierOf(platform, gatewayConfig(environment).actorRate),
  prepare: async (app) => {
    const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    app.get(SessionAndAccessTokenVerifier).attach(app.get(Database));
    addSecurityHeaders(server);
    answerWithMergedDocument(app, server);
    registerApiPage(server);
    await registerDoors(app, server);
    await app.get(CreateFirstAdmin).execute();
  },
};

/** Every service answers /openapi.json with its own routes; here it is answered before that route, with those of all services. */
function answerWithMergedDocument(app: INestApplication, server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'GET' || request.url.split('?')[0] !== '/openapi.json') return;
    const document = await app.get(ApiDocumentation).of(() => openApiOf(app, gatewayService));
    await reply.header('content-type', 'application/json').send(JSON.stringify(document));
  });
}

/** In a scope of their own, where a body is what arrived, whatever it says it is; the limit on its size holds here too. */
async function registerDoors(app: INestApplication, server: FastifyInstance): Promise<void> {
  await server.register((scope, _options, done) => {
    // What is thrown here is answered like everywhere else; Nest sets its handler after this scope is made, so it is looked up when needed.
    scope.setErrorHandler((error, request, reply) => server.errorHandler(error, request, reply));
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    app.get(NoticeDoor).register(scope);
    app.get(MessageDoor).register(scope);
    app.get(Proxy).register(scope);
    done();
  });
}
