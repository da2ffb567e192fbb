import type { FastifyInstance } from 'fastify';
import type { ServiceDefinition } from '@jinku/service';
import { MIGRATIONS } from './migrations/index.ts';
import { takeCsvBodies } from './payout/http/payout-files.controller.ts';
import { PayoutsModule } from './payouts.module.ts';

/** Ten thousand payouts of one request, with room. */
const BODY_BYTES_MAX = 12 * 1024 * 1024;

export const payoutsService: ServiceDefinition = {
  name: 'payouts',
  sentence: 'The payout queue: every payout of the institution, from its request to the rail\'s definite answer.',
  migrations: MIGRATIONS,
  module: (environment, platform) => PayoutsModule.with(environment, platform),
  bodyBytesMax: BODY_BYTES_MAX,
  prepare: async (app) => takeCsvBodies(app.getHttpAdapter().getInstance() as unknown as FastifyInstance),
};
