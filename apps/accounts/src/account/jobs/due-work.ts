import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { DUE_WORK_SWEEP_MS } from '../../config.ts';
import { DoDueWork } from '../use-cases/do-due-work.ts';

@Injectable()
export class DueWork implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly doorbells: Doorbells,
    private readonly dueWork: DoDueWork,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: 'accounts.due-work', sweepEveryMs: DUE_WORK_SWEEP_MS, run: () => this.run() });
  }

  async run(): Promise<void> {
    while (await this.database.transaction((tx) => this.dueWork.expireProposal(tx)));
    while (await this.database.transaction((tx) => this.dueWork.putChangeInForce(tx)));
  }
}
