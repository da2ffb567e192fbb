import { randomUUID } from 'node:crypto';
import type { Provider } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { RailBudget, RailMessageLog, SerialNumberBlocks } from '@jinku/connectors';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { Dispatcher } from './attempt/jobs/dispatcher.ts';
import { OutcomeGatherer } from './attempt/jobs/outcome-gatherer.ts';
import { Sender } from './attempt/jobs/sender.ts';
import { AttemptRepository } from './attempt/persistence/attempt.repository.ts';
import { ResolutionRepository } from './attempt/persistence/resolution.repository.ts';
import { ReturnRepository } from './attempt/persistence/return.repository.ts';
import { RouteRepository } from './attempt/persistence/route.repository.ts';
import { ListAttempts } from './attempt/queries/list-attempts.ts';
import { ListOutcomeConflicts } from './attempt/queries/list-outcome-conflicts.ts';
import { ListResolutions } from './attempt/queries/list-resolutions.ts';
import { ListReturns } from './attempt/queries/list-returns.ts';
import { DispatchBatch } from './attempt/use-cases/dispatch-batch.ts';
import { InquireDue } from './attempt/use-cases/inquire-due.ts';
import { RecordNotices } from './attempt/use-cases/record-notices.ts';
import { RecordOutcomes } from './attempt/use-cases/record-outcomes.ts';
import { RecordReturns } from './attempt/use-cases/record-returns.ts';
import { ResolveAttempt } from './attempt/use-cases/resolve-attempt.ts';
import { PAYOUTS_CONFIG, type PayoutsConfig } from './config.ts';
import { QueueNeed } from './grant/domain/queue-need.ts';
import { GrantRepository } from './grant/persistence/grant.repository.ts';
import { ReportGrantUsage } from './grant/use-cases/report-grant-usage.ts';
import { SetGrants } from './grant/use-cases/set-grants.ts';
import { RegisterRepository } from './merchant/persistence/register.repository.ts';
import { DispatchBell } from './payout/domain/dispatch-bell.ts';
import { DuplicateRepository } from './payout/persistence/duplicate.repository.ts';
import { PayoutRepository } from './payout/persistence/payout.repository.ts';
import { QuarantineRepository } from './payout/persistence/quarantine.repository.ts';
import { QueueRepository } from './payout/persistence/queue.repository.ts';
import { ListPayouts } from './payout/queries/list-payouts.ts';
import { ListQuarantinedMessages } from './payout/queries/list-quarantined-messages.ts';
import { AdmissionGroup } from './payout/use-cases/admission-group.ts';
import { AdmitMessages } from './payout/use-cases/admit-messages.ts';
import { AdmitPayouts } from './payout/use-cases/admit-payouts.ts';
import { ControlPayout } from './payout/use-cases/control-payout.ts';
import { ExpirePayouts } from './payout/use-cases/expire-payouts.ts';
import { ForgetWatchedPayees } from './payout/use-cases/forget-watched-payees.ts';
import { SwitchDispatch } from './payout/use-cases/switch-dispatch.ts';
import { TellResults } from './payout/use-cases/tell-results.ts';
import { UndeferPayouts } from './payout/use-cases/undefer-payouts.ts';

export const ROUTE = 'NETSUNION';
/** Tells this service's serial numbers from those of other services that send to the same house. */
const SERIAL_NUMBER_ISSUER = 0;

/** All but the doors: what specs wire with a rail of their own. */
export const PAYOUTS_PROVIDERS: readonly Provider[] = [
  ...[PayoutRepository, DuplicateRepository, QueueRepository, QuarantineRepository, AttemptRepository, RouteRepository, ResolutionRepository, ReturnRepository],
  ...[GrantRepository, RegisterRepository, QueueNeed, DispatchBell, TellResults, AdmitPayouts, AdmitMessages, AdmissionGroup, ControlPayout],
  ...[ExpirePayouts, ForgetWatchedPayees, UndeferPayouts, SwitchDispatch, RecordOutcomes, RecordReturns, RecordNotices, ResolveAttempt, DispatchBatch, InquireDue, SetGrants],
  ...[ReportGrantUsage, ListPayouts, ListQuarantinedMessages, ListAttempts, ListReturns, ListResolutions, ListOutcomeConflicts, Approvals, OutcomeGatherer, Sender, Dispatcher],
  {
    provide: SerialNumberBlocks,
    useFactory: (database: Database, config: PayoutsConfig) =>
      new SerialNumberBlocks({ database, connector: ROUTE, format: { institution: config.institution, issuer: SERIAL_NUMBER_ISSUER } }),
    inject: [Database, PAYOUTS_CONFIG],
  },
  { provide: RailBudget, useFactory: (database: Database, clock: Clock) => new RailBudget({ database, clock, connector: ROUTE }), inject: [Database, CLOCK] },
  { provide: RailMessageLog, useFactory: () => new RailMessageLog({ connector: ROUTE, writer: `payouts-${randomUUID()}` }) },
];
