import { ApprovalState } from '@jinku/approvals';
import { ClearingHouse } from '@jinku/contracts';
import { positiveAmountText } from '@jinku/money';
import { z } from 'zod';
import { reasonBody } from '../../payout/http/payout-bodies.ts';
import { BreakerState } from '../domain/breaker.ts';

const nullableText = z.string().nullable();
const nullableInstant = z.iso.datetime().nullable();

export const houseParameter = z.enum(ClearingHouse);
export const bankParameter = z.string().regex(/^[0-9]{12}$/, 'is a 12-digit bank code');

/** A house, or `<house>:<bank code>`: a slash would need escaping in a path. */
export const breakerParameter = z.string().regex(/^(UNIONPAY|NETSUNION)(:[0-9]{12})?$/, 'is a house, or a house and a 12-digit bank code with a colon between them');

export const forceBody = reasonBody.extend({
  state: z.enum(['OPEN', 'CLOSED']),
  until: z.iso.datetime({ offset: true, error: 'is an instant such as 2026-11-21T18:00:00+08:00' }),
});

const perItemLimit = positiveAmountText.nullable();
export const routeBody = z.strictObject({ perItemLimit });
export const routeBankBody = z.strictObject({ reachable: z.boolean(), perItemLimit: perItemLimit.default(null) });

export const breakerView = z.object({
  key: z.string(),
  state: z.enum(BreakerState),
  epoch: z.int(),
  reason: nullableText,
  openings: z.int(),
  openUntil: nullableInstant,
  stage: z.int(),
  force: z.object({ by: z.string(), approvedBy: z.string(), reason: z.string(), until: z.iso.datetime() }).nullable(),
});

const forceProposal = z.object({
  proposalId: z.uuid(),
  key: z.string(),
  state: z.enum(['OPEN', 'CLOSED']),
  until: z.string(),
  reason: z.string(),
  proposedBy: z.string(),
  expiresAt: z.iso.datetime(),
});

export const breakerList = z.object({ items: z.array(breakerView), proposals: z.array(forceProposal) });
export const breakerHistory = z.object({
  items: z.array(
    z.object({ epoch: z.int(), event: z.string(), from: z.enum(BreakerState), to: z.enum(BreakerState), stage: z.int(), reason: nullableText, changedBy: nullableText, at: z.iso.datetime() }),
  ),
});
export const proposedForce = z.object({ proposalId: z.uuid() });
export const decidedForce = z.object({ proposalId: z.uuid(), state: z.enum(ApprovalState) });

export const routeBankView = z.object({ route: z.enum(ClearingHouse), bankCode: z.string(), reachable: z.boolean(), perItemLimit: nullableText });
export const routeBankList = z.object({ items: z.array(routeBankView) });

export const routeList = z.object({
  items: z.array(
    z.object({
      route: z.enum(ClearingHouse),
      state: z.enum(['OPEN', 'STOPPED']),
      reason: nullableText,
      changedBy: nullableText,
      changedAt: nullableInstant,
      perItemLimit: nullableText,
    }),
  ),
});
