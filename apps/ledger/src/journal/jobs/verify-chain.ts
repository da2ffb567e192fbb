import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Doorbells } from '@jinku/jobs';
import { EVENT_LOG, Metrics, type EventLog } from '@jinku/service';
import { LEDGER_CONFIG, type LedgerConfig } from '../../config.ts';
import { pagesNow } from '../domain/verification-pace.ts';
import { VerifyJournal } from '../use-cases/verify-journal.ts';

/** Verifies the chain beside the postings: while many are made it takes little, and catches up when they become fewer. */
@Injectable()
export class VerifyChain implements OnModuleInit {
  readonly #broken;
  readonly #verifiedTo;
  #headSeen: bigint | null = null;

  constructor(
    private readonly doorbells: Doorbells,
    private readonly verifyJournal: VerifyJournal,
    metrics: Metrics,
    @Inject(EVENT_LOG) private readonly log: EventLog,
    @Inject(LEDGER_CONFIG) private readonly config: Pick<LedgerConfig, 'chainCheckMs'>,
  ) {
    this.#broken = metrics.gauge('ledger_chain_broken', 'One when the hash chain does not verify');
    this.#verifiedTo = metrics.gauge('ledger_chain_verified_sequence', 'The last batch of the chain that was verified');
  }

  onModuleInit(): void {
    this.doorbells.register({ name: 'ledger.verify-chain', sweepEveryMs: this.config.chainCheckMs, run: () => this.run() });
  }

  async run(): Promise<void> {
    const head = await this.verifyJournal.headSequence();
    const grownBy = this.#headSeen === null ? null : head - this.#headSeen;
    this.#headSeen = head;
    const verification = await this.verifyJournal.execute({ pagesMax: pagesNow(grownBy) });
    if (verification === null) return;
    const { sequence, brokenSequence, brokenWhy } = verification;
    this.#verifiedTo.set(Number(sequence));
    this.#broken.set(brokenSequence === null ? 0 : 1);
    if (brokenSequence !== null) this.log.error('journal-chain-broken', { sequence: String(brokenSequence), why: brokenWhy });
  }
}
