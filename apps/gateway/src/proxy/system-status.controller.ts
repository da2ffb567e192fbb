import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ANY_PERSON, Roles } from '@jinku/service';
import { z } from 'zod';
import { Upstreams } from './upstreams.ts';

const systemStatus = z.object({ services: z.array(z.object({ name: z.string(), readiness: z.enum(['up', 'down']) })) });

@ApiTags('system')
@ApiBearerAuth()
@Controller('v1/system')
export class SystemStatusController {
  constructor(private readonly upstreams: Upstreams) {}

  @Get('status')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Which services can work now' })
  @ApiResponse({ status: 200, standardSchema: systemStatus })
  async status(): Promise<z.output<typeof systemStatus>> {
    const services = await Promise.all(this.upstreams.names.map(async (name) => ({ name, readiness: await this.upstreams.readiness(name) })));
    return { services: [{ name: 'gateway', readiness: 'up' }, ...services] };
  }
}
