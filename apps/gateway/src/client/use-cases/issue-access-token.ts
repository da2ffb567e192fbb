import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { GENERAL_REFUSALS } from '@jinku/errors';
import { Database } from '@jinku/persistence';
import { verifyClientAssertion } from '@jinku/security';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { GATEWAY_CONFIG, type GatewayConfig } from '../../config.ts';
import { newToken, tokenHash, TokenKind } from '../../opaque-token.ts';
import { ClientDirectory } from '../client-directory.ts';
import { ClientTokenRepository } from '../persistence/client-token.repository.ts';

export const ACCESS_TOKEN_LIFETIME_MS = 600_000;

/** A service client proves itself by a signed assertion, usable once, and gets a token of ten minutes. */
@Injectable()
export class IssueAccessToken {
  constructor(
    private readonly database: Database,
    private readonly clients: ClientDirectory,
    private readonly tokens: ClientTokenRepository,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute(assertion: string): Promise<{ token: string; expiresInSeconds: number }> {
    const wallNow = this.clock.wallNow();
    const verified = await verifyClientAssertion({
      assertion,
      audience: this.config.tokenAudience,
      wallNow,
      keysOf: (clientId) => this.clients.keysOf(clientId),
      isReplay: async ({ clientId, jti, expiresAt }) => !(await this.tokens.useAssertion(this.database, { clientId, jti, expiresAt: new Date(expiresAt) })),
    });
    if (!verified.valid) {
      this.log.warn('client-assertion-refused', { fault: verified.fault });
      throw GENERAL_REFUSALS.UNAUTHENTICATED({ detail: 'The client assertion was not accepted.' });
    }
    const token = newToken(TokenKind.ACCESS);
    const expiresAt = new Date(wallNow + ACCESS_TOKEN_LIFETIME_MS);
    await this.database.transaction((tx) =>
      this.tokens.insert(tx, { tokenHash: tokenHash(token), clientId: verified.clientId, issuedAt: new Date(wallNow), expiresAt }),
    );
    return { token, expiresInSeconds: ACCESS_TOKEN_LIFETIME_MS / 1_000 };
  }
}
