import { Body, Controller, Headers, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { PASSWORD_LENGTH_MAX } from '@jinku/security';
import { ANY_PERSON, CurrentActor, Public, Roles, type Actor } from '@jinku/service';
import { z } from 'zod';
import { LoginRate } from '../../rate-limit/login-rate.ts';
import { BeginSession } from '../use-cases/begin-session.ts';
import { ChangePassword } from '../use-cases/change-password.ts';
import { EndSession } from '../use-cases/end-session.ts';

export const PASSWORD_LENGTH_MIN = 12;
const USERNAME_TYPED_MAX = 64;

const credentials = z.strictObject({ username: z.string().min(1).max(USERNAME_TYPED_MAX), password: z.string().min(1).max(PASSWORD_LENGTH_MAX) });
const passwordChange = z.strictObject({
  currentPassword: z.string().min(1).max(PASSWORD_LENGTH_MAX),
  newPassword: z.string().min(PASSWORD_LENGTH_MIN, `has at least ${PASSWORD_LENGTH_MIN} characters`).max(PASSWORD_LENGTH_MAX),
});
const session = z.object({ token: z.string(), tokenType: z.literal('Bearer'), personId: z.uuid(), expiresAt: z.iso.datetime() });

@ApiTags('authentication')
@Controller('v1/auth')
export class AuthController {
  constructor(
    private readonly beginSession: BeginSession,
    private readonly endSession: EndSession,
    private readonly changePassword: ChangePassword,
    private readonly loginRate: LoginRate,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Public()
  @ApiOperation({ summary: 'Sign in with username and password; the token is good for 12 hours and can be revoked' })
  @ApiResponse({ status: 200, standardSchema: session })
  async login(@Body({ schema: credentials }) body: z.output<typeof credentials>, @Req() request: FastifyRequest): Promise<z.output<typeof session>> {
    this.loginRate.take(request.ip);
    const { token, personId, expiresAt } = await this.beginSession.execute(body);
    return { token, tokenType: 'Bearer', personId, expiresAt: expiresAt.toISOString() };
  }

  @Post('logout')
  @HttpCode(204)
  @Roles(...ANY_PERSON)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'End this session' })
  @ApiResponse({ status: 204, description: 'Ended; the token is refused within two seconds everywhere.' })
  async logout(@CurrentActor() actor: Actor, @Headers('authorization') authorization: string): Promise<void> {
    await this.endSession.execute(actor, authorization.split(' ')[1] ?? '');
  }

  @Post('password')
  @HttpCode(204)
  @Roles(...ANY_PERSON)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Take another password; every session of yours ends' })
  @ApiResponse({ status: 204, description: 'Changed; sign in again.' })
  async password(@CurrentActor() actor: Actor, @Body({ schema: passwordChange }) body: z.output<typeof passwordChange>): Promise<void> {
    await this.changePassword.execute(actor, { current: body.currentPassword, next: body.newPassword });
  }
}
