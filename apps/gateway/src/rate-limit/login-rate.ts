import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { CLOCK, tooManyRequests } from '@jinku/service';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.ts';
import { TokenBuckets } from './token-bucket.ts';

/** How often one address may try passwords and assertions, whoever it claims to be. */
@Injectable()
export class LoginRate {
  readonly #buckets: TokenBuckets;

  constructor(
    @Inject(GATEWAY_CONFIG) config: GatewayConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#buckets = new TokenBuckets(config.loginRate);
  }

  take(address: string): void {
    const retryAfterMs = this.#buckets.take(address, this.clock.wallNow());
    if (retryAfterMs > 0) throw tooManyRequests(retryAfterMs);
  }
}
