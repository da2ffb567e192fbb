import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '@jinku/service';
import { z } from 'zod';
import { LoginRate } from '../../rate-limit/login-rate.ts';
import { IssueAccessToken } from '../use-cases/issue-access-token.ts';

const ASSERTION_LENGTH_MAX = 4_096;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const tokenRequest = z.strictObject({
  client_assertion: z.string().min(1).max(ASSERTION_LENGTH_MAX),
  client_assertion_type: z.literal(ASSERTION_TYPE).optional(),
  grant_type: z.literal('client_credentials').optional(),
});
const accessToken = z.object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.int() });

@ApiTags('authentication')
@Controller('v1/auth')
export class TokenController {
  constructor(
    private readonly issueAccessToken: IssueAccessToken,
    private readonly loginRate: LoginRate,
  ) {}

  @Post('token')
  @HttpCode(200)
  @Public()
  @ApiOperation({ summary: 'A service client proves itself with a signed assertion (RFC 7523, private_key_jwt) and gets a token of ten minutes' })
  @ApiResponse({ status: 200, standardSchema: accessToken })
  async token(@Body({ schema: tokenRequest }) body: z.output<typeof tokenRequest>, @Req() request: FastifyRequest): Promise<z.output<typeof accessToken>> {
    this.loginRate.take(`client:${request.ip}`);
    const { token, expiresInSeconds } = await this.issueAccessToken.execute(body.client_assertion);
    return { access_token: token, token_type: 'Bearer', expires_in: expiresInSeconds };
  }
}
