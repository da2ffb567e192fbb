import type { Provider } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import { SerialNumberBlocks } from '@jinku/connectors';
import { Database } from '@jinku/persistence';
import { AccountRepository } from './account/persistence/account.repository.ts';
import { PositionRepository } from './account/persistence/position.repository.ts';
import { SERIAL_NUMBER_ISSUER, TRANSFERS_CONFIG, type TransfersConfig } from './config.ts';
import { FeeAccrualRepository } from './fee-accrual/persistence/fee-accrual.repository.ts';
import { FollowFeeAccruals } from './fee-accrual/use-cases/follow-fee-accruals.ts';
import { GrantRepository } from './grant/persistence/grant.repository.ts';
import { ReportGrantUsage } from './grant/use-cases/report-grant-usage.ts';
import { SetGrants } from './grant/use-cases/set-grants.ts';
import { AdvanceTransfers } from './transfer-order/jobs/advance-transfers.ts';
import { ExpireProposals } from './transfer-order/jobs/expire-proposals.ts';
import { LookForArrival } from './transfer-order/jobs/look-for-arrival.ts';
import { TransferLegRepository } from './transfer-order/persistence/transfer-leg.repository.ts';
import { TransferOrderRepository } from './transfer-order/persistence/transfer-order.repository.ts';
import { ListTransfers } from './transfer-order/queries/list-transfers.ts';
import { ReadTransfer } from './transfer-order/queries/read-transfer.ts';
import { DecideTransfer } from './transfer-order/use-cases/decide-transfer.ts';
import { EndUnsentOrder } from './transfer-order/use-cases/end-unsent-order.ts';
import { InstructLeg } from './transfer-order/use-cases/instruct-leg.ts';
import { PlaceTransfer } from './transfer-order/use-cases/place-transfer.ts';
import { RecordLegOutcome } from './transfer-order/use-cases/record-leg-outcome.ts';
import { StopLeg } from './transfer-order/use-cases/stop-leg.ts';
import { TellLegMovements } from './transfer-order/use-cases/tell-leg-movements.ts';
import { RunDueRules } from './transfer-rule/jobs/run-due-rules.ts';
import { TransferRuleRepository } from './transfer-rule/persistence/transfer-rule.repository.ts';
import { DryRunRule } from './transfer-rule/queries/dry-run-rule.ts';
import { ListTransferRules } from './transfer-rule/queries/list-transfer-rules.ts';
import { ChangeRule } from './transfer-rule/use-cases/change-rule.ts';
import { JudgeRules } from './transfer-rule/use-cases/judge-rules.ts';

/** All but the doors: what specs wire with rails of their own. */
export const TRANSFERS_PROVIDERS: readonly Provider[] = [
  ...[AccountRepository, PositionRepository, FeeAccrualRepository, FollowFeeAccruals, GrantRepository, ReportGrantUsage, SetGrants],
  ...[TransferOrderRepository, TransferLegRepository, PlaceTransfer, EndUnsentOrder, DecideTransfer, InstructLeg, StopLeg, RecordLegOutcome, TellLegMovements],
  ...[ListTransfers, ReadTransfer, AdvanceTransfers, LookForArrival, ExpireProposals],
  ...[TransferRuleRepository, ListTransferRules, DryRunRule, ChangeRule, JudgeRules, RunDueRules],
  { provide: Approvals, useValue: new Approvals() },
  {
    provide: SerialNumberBlocks,
    // One row of numbers for all rails: a number names one instruction in the whole institution.
    useFactory: (database: Database, { institution }: TransfersConfig) =>
      new SerialNumberBlocks({ database, connector: 'TRANSFERS', format: { institution, issuer: SERIAL_NUMBER_ISSUER } }),
    inject: [Database, TRANSFERS_CONFIG],
  },
];
