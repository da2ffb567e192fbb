import type { Provider } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import { SerialNumberBlocks } from '@jinku/connectors';
import { Database } from '@jinku/persistence';
import { Dispatcher } from './attempt/jobs/dispatcher.ts';
import { OutcomeGatherer } from './attempt/jobs/outcome-gatherer.ts';
import { Senders } from './attempt/jobs/senders.ts';
import { AttemptRepository } from './attempt/persistence/attempt.repository.ts';
import { DispatcherRepository } from './attempt/persistence/dispatcher.repository.ts';
import { ResolutionRepository } from './attempt/persistence/resolution.repository.ts';
import { ReturnRepository } from './attempt/persistence/return.repository.ts';
import { ListAttempts } from './attempt/queries/list-attempts.ts';
import { ListOutcomeConflicts } from './attempt/queries/list-outcome-conflicts.ts';
import { ListResolutions } from './attempt/queries/list-resolutions.ts';
import { ListReturns } from './attempt/queries/list-returns.ts';
import { DispatchBatch } from './attempt/use-cases/dispatch-batch.ts';
import { HouseLines } from './attempt/use-cases/house-lines.ts';
import { InquireDue } from './attempt/use-cases/inquire-due.ts';
import { RecordNotices } from './attempt/use-cases/record-notices.ts';
import { RecordOutcomes } from './attempt/use-cases/record-outcomes.ts';
import { RecordReturns } from './attempt/use-cases/record-returns.ts';
import { ResolveAttempt } from './attempt/use-cases/resolve-attempt.ts';
import { PAYOUTS_CONFIG, SERIAL_NUMBER_ISSUER, type PayoutsConfig } from './config.ts';
import { QueueNeed } from './grant/domain/queue-need.ts';
import { GrantRepository } from './grant/persistence/grant.repository.ts';
import { ReadBacklog } from './grant/use-cases/read-backlog.ts';
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
import { AdmitPayoutFile } from './payout/use-cases/admit-payout-file.ts';
import { AdmitPayouts } from './payout/use-cases/admit-payouts.ts';
import { ControlPayout } from './payout/use-cases/control-payout.ts';
import { ExpirePayouts } from './payout/use-cases/expire-payouts.ts';
import { ForgetWatchedPayees } from './payout/use-cases/forget-watched-payees.ts';
import { SwitchDispatch } from './payout/use-cases/switch-dispatch.ts';
import { TellResults } from './payout/use-cases/tell-results.ts';
import { UndeferPayouts } from './payout/use-cases/undefer-payouts.ts';
import { RouteWatch } from './route/jobs/route-watch.ts';
import { BreakerRepository } from './route/persistence/breaker.repository.ts';
import { RouteRepository } from './route/persistence/route.repository.ts';
import { ListBreakers } from './route/queries/list-breakers.ts';
import { ClaimRoutes } from './route/use-cases/claim-routes.ts';
import { ForceBreaker } from './route/use-cases/force-breaker.ts';
import { MoveBreaker } from './route/use-cases/move-breaker.ts';
import { RouteBook } from './route/use-cases/route-book.ts';
import { SetRouteRules } from './route/use-cases/set-route-rules.ts';

/** One sequence for all houses: a serial number is unique among all attempts, whichever house they went to. */
const SERIAL_NUMBER_SEQUENCE = 'PAYOUTS';

/** All but the doors: what specs wire with a rail of their own. */
export const PAYOUTS_PROVIDERS: readonly Provider[] = [
  ...[PayoutRepository, DuplicateRepository, QueueRepository, QuarantineRepository, AttemptRepository, RouteRepository, ResolutionRepository, ReturnRepository],
  ...[GrantRepository, RegisterRepository, QueueNeed, DispatchBell, TellResults, AdmitPayouts, AdmitPayoutFile, AdmitMessages, AdmissionGroup, ControlPayout],
  ...[ExpirePayouts, ForgetWatchedPayees, UndeferPayouts, SwitchDispatch, RecordOutcomes, RecordReturns, RecordNotices, ResolveAttempt, DispatchBatch, InquireDue, SetGrants],
  ...[HouseLines, DispatcherRepository, BreakerRepository, RouteBook, ClaimRoutes, MoveBreaker, ForceBreaker, SetRouteRules, ListBreakers, RouteWatch, ReadBacklog],
  ...[ReportGrantUsage, ListPayouts, ListQuarantinedMessages, ListAttempts, ListReturns, ListResolutions, ListOutcomeConflicts, Approvals, OutcomeGatherer, Senders, Dispatcher],
  {
    provide: SerialNumberBlocks,
    useFactory: (database: Database, config: PayoutsConfig) =>
      new SerialNumberBlocks({ database, connector: SERIAL_NUMBER_SEQUENCE, format: { institution: config.institution, issuer: SERIAL_NUMBER_ISSUER } }),
    inject: [Database, PAYOUTS_CONFIG],
  },
];
