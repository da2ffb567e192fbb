import { Injectable } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import { Database } from '@jinku/persistence';
import type { Breaker, BreakerState, Force } from '../domain/breaker.ts';
import { FORCE_KIND, type ForcedBreaker } from '../domain/forced-breaker.ts';
import { BreakerRepository, type BreakerChange } from '../persistence/breaker.repository.ts';

export interface BreakerView {
  /** The house, or `<house>/<bank code>`. */
  readonly key: string;
  readonly state: BreakerState;
  readonly epoch: number;
  readonly reason: string | null;
  readonly openings: number;
  /** Wall time. */
  readonly openUntil: string | null;
  readonly stage: number;
  readonly force: (Omit<Force, 'until'> & { readonly until: string }) | null;
}

export interface ForceProposalView extends ForcedBreaker {
  readonly proposalId: string;
  readonly reason: string;
  readonly proposedBy: string;
  readonly expiresAt: string;
}

const PROPOSALS_SHOWN_MAX = 100;
const CHANGES_SHOWN_MAX = 200;

@Injectable()
export class ListBreakers {
  constructor(
    private readonly database: Database,
    private readonly breakers: BreakerRepository,
    private readonly approvals: Approvals,
  ) {}

  /** The breakers that were ever broken or forced, every other one being closed, and the forces that wait for a second person. */
  async execute(now: Date): Promise<{ items: BreakerView[]; proposals: ForceProposalView[] }> {
    const proposals = await this.approvals.list<ForcedBreaker>(this.database, { kinds: [FORCE_KIND], state: 'PROPOSED', limit: PROPOSALS_SHOWN_MAX });
    return {
      items: (await this.breakers.list(this.database)).map((breaker) => viewOf(breaker)),
      proposals: proposals
        .filter(({ expiresAt }) => expiresAt > now)
        .map(({ id, payload, reason, makerId, expiresAt }) => ({ proposalId: id, ...payload, reason, proposedBy: makerId, expiresAt: expiresAt.toISOString() })),
    };
  }

  /** What became of one breaker, the latest first. */
  async history(key: string): Promise<{ items: (Omit<BreakerChange, 'key' | 'epoch' | 'at'> & { epoch: number; at: string })[] }> {
    const changes = await this.breakers.changes(this.database, { key, limit: CHANGES_SHOWN_MAX });
    return { items: changes.map(({ key: _key, epoch, at, ...change }) => ({ ...change, epoch: Number(epoch), at: at.toISOString() })) };
  }
}

export function viewOf({ key, state, epoch, reason, openings, openUntil, stage, force }: Breaker): BreakerView {
  return {
    key,
    state,
    epoch: Number(epoch),
    reason,
    openings,
    openUntil: openUntil?.toISOString() ?? null,
    stage,
    force: force === null ? null : { ...force, until: force.until.toISOString() },
  };
}
