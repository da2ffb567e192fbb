import { Controller, Get, Header, HttpCode, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Database } from '@jinku/persistence';
import { Public } from './actor.ts';
import { Metrics } from './metrics.ts';

/** What machines ask: is it alive, can it work, what are its figures. Loopback or cluster network only; the gateway does not pass these on. */
@ApiExcludeController()
@Public()
@Controller()
export class OperationsController {
  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  /** Answers as long as the process turns over. */
  @Get('health/live')
  @HttpCode(200)
  live(): { status: 'up' } {
    return { status: 'up' };
  }

  /** Answers 200 when the database answers: without it no request can be done. */
  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: 'up' | 'down'; database: 'up' | 'down' }> {
    try {
      await this.database.query('SELECT 1');
      return { status: 'up', database: 'up' };
    } catch {
      void reply.status(503);
      return { status: 'down', database: 'down' };
    }
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4')
  figures(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
