import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Database, type Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { LEDGER_CONFIG, type LedgerConfig } from '../../config.ts';
import { CHAIN_START } from '../domain/chain-link.ts';
import { ChainRepository } from '../persistence/chain.repository.ts';
import { VerificationRepository, type Verification } from '../persistence/verification.repository.ts';

type Step = 'ADVANCED' | 'AT_HEAD' | 'BROKEN' | 'BUSY';

/**
 * Verifies the chain on from the watermark, each page in a transaction of its own, so that it goes on after a restart where it was. Beside the
 * watermark stand each account's totals over the verified lines, which is what balances are checked against.
 */
@Injectable()
export class VerifyJournal {
  constructor(
    private readonly database: Database,
    private readonly chain: ChainRepository,
    private readonly verifications: VerificationRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LEDGER_CONFIG) private readonly config: Pick<LedgerConfig, 'chainPassMs'>,
  ) {}

  /** At most so many pages. What was verified long ago is verified again: a pass that has come to the head begins anew when it is old. */
  async execute({ pagesMax }: { pagesMax: number }): Promise<Verification | null> {
    for (let page = 0; page < pagesMax; page += 1) {
      if ((await this.database.transaction((tx) => this.step(tx))) !== 'ADVANCED') break;
    }
    return this.verifications.find(this.database);
  }

  /** The sequence of the last batch that was posted. */
  async headSequence(): Promise<bigint> {
    return (await this.chain.head(this.database)).sequence;
  }

  private async step(tx: Tx): Promise<Step> {
    const verification = await this.verifications.lock(tx);
    if (verification === null) return 'BUSY';
    const at = this.clock.now();
    const head = await this.chain.head(tx);
    const isOld = at.getTime() - verification.passStartedAt.getTime() >= this.config.chainPassMs;
    const begins = head.sequence > 0n && (verification.sequence === 0n || (verification.sequence >= head.sequence && isOld));
    if (begins) await this.verifications.beginPass(tx, { at, start: CHAIN_START });
    const from = begins ? CHAIN_START : verification;
    // The batch at the watermark must still be the one that was verified: who rewrites history changes it.
    const stored = await this.chain.place(tx, from.sequence);
    if (stored === null || !stored.hash.equals(from.hash)) return this.markBroken(tx, { sequence: from.sequence, why: 'a verified batch was removed or replaced', at });
    const { place, batchIds, broken } = await this.chain.verifyPage(tx, { from, to: head.sequence, isHead: true });
    if (broken !== null) return this.markBroken(tx, { ...broken, at });
    await this.verifications.advance(tx, { place, batchIds, at });
    if (place.sequence < head.sequence) return 'ADVANCED';
    if (!place.hash.equals(head.hash)) return this.markBroken(tx, { sequence: place.sequence, why: 'the head does not follow from the last batch', at });
    return 'AT_HEAD';
  }

  private async markBroken(tx: Tx, broken: { sequence: bigint; why: string; at: Date }): Promise<Step> {
    await this.verifications.markBroken(tx, broken);
    return 'BROKEN';
  }
}
