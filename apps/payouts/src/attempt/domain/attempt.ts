import type { ClearingHouse } from '@jinku/contracts';
import type { RouteReason } from '../../route/domain/route-choice.ts';

/** An attempt whose outcome is open. */
export interface OpenAttempt {
  readonly payoutId: string;
  readonly attemptNumber: number;
  readonly serialNumber: string;
  readonly shard: number;
  readonly house: ClearingHouse;
  readonly merchantId: string;
  readonly businessLine: string;
  readonly amountMinor: bigint;
  readonly grantId: string;
  readonly validUntil: Date;
  readonly inquiryCount: number;
  readonly notFoundCount: number;
}

/** An attempt about to be committed. */
export interface NewAttempt {
  readonly payoutId: string;
  readonly attemptNumber: number;
  readonly serialNumber: string;
  readonly merchantId: string;
  readonly businessLine: string;
  readonly amountMinor: bigint;
  readonly requestHash: Buffer;
  /** Why this house. */
  readonly routeReason: RouteReason;
}
