import type { Provider } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import { SerialNumberBlocks } from '@jinku/connectors';
import { ClearingHouse } from '@jinku/contracts';
import { Database } from '@jinku/persistence';
import { AdjustQuota } from './adjustment/jobs/adjust-quota.ts';
import { AdjustmentRepository } from './adjustment/persistence/adjustment.repository.ts';
import { ListAdjustments } from './adjustment/queries/list-adjustments.ts';
import { CancelAdjustment } from './adjustment/use-cases/cancel-adjustment.ts';
import { InstructAdjustment } from './adjustment/use-cases/instruct-adjustment.ts';
import { ProposeIncrease } from './adjustment/use-cases/propose-increase.ts';
import { RecordAdjustmentOutcome } from './adjustment/use-cases/record-adjustment-outcome.ts';
import { RequestAdjustment } from './adjustment/use-cases/request-adjustment.ts';
import { ActByPolicy } from './automatic/jobs/act-by-policy.ts';
import { AutomaticActRepository } from './automatic/persistence/automatic-act.repository.ts';
import { RelieveHouses } from './automatic/use-cases/relieve-houses.ts';
import { BufferRepository } from './buffer/persistence/buffer.repository.ts';
import { ReadBuffer } from './buffer/queries/read-buffer.ts';
import { RecordReserve } from './buffer/use-cases/record-reserve.ts';
import { CollectionRepository } from './collection/persistence/collection.repository.ts';
import { CountCollections } from './collection/use-cases/count-collections.ts';
import { QUOTAS_CONFIG, type QuotasConfig } from './config.ts';
import { GrantRepository } from './grant/persistence/grant.repository.ts';
import { RecordGrantUsage } from './grant/use-cases/record-grant-usage.ts';
import { SetGrants } from './grant/use-cases/set-grants.ts';
import { ExpireProposals } from './policy/jobs/expire-proposals.ts';
import { QuotaPolicyRepository } from './policy/persistence/quota-policy.repository.ts';
import { ChangeQuotaPolicy } from './policy/use-cases/change-quota-policy.ts';
import { CollectPositions } from './position/jobs/collect-positions.ts';
import { PositionRepository } from './position/persistence/position.repository.ts';
import { ReadPositions } from './position/queries/read-positions.ts';
import { RecordPosition } from './position/use-cases/record-position.ts';
import { CollectQuota } from './quota/jobs/collect-quota.ts';
import { QuotaFigureRepository } from './quota/persistence/quota-figure.repository.ts';
import { QuotaRepository } from './quota/persistence/quota.repository.ts';
import { ListQuotaHistory } from './quota/queries/list-quota-history.ts';
import { ReadPositionBoard } from './quota/queries/read-position-board.ts';
import { JudgeFigure } from './quota/use-cases/judge-figure.ts';
import { RecordQuotaObservation } from './quota/use-cases/record-quota-observation.ts';
import { ReadSessions } from './session/jobs/read-sessions.ts';
import { SessionRepository } from './session/persistence/session.repository.ts';
import { AdvanceSession } from './session/use-cases/advance-session.ts';
import { CountSessionItems } from './session/use-cases/count-session-items.ts';
import { RecountHouse } from './session/use-cases/recount-house.ts';
import { AdvanceShifts } from './shift/jobs/advance-shifts.ts';
import { ShiftRepository } from './shift/persistence/shift.repository.ts';
import { ListShifts } from './shift/queries/list-shifts.ts';
import { AdvanceShift } from './shift/use-cases/advance-shift.ts';
import { ProposeShift } from './shift/use-cases/propose-shift.ts';
import { RequestShift } from './shift/use-cases/request-shift.ts';

/** Tells this service's serial numbers from those of payouts, which have 0. */
const SERIAL_NUMBER_ISSUER = 1;

/** All but the doors: what specs wire with a rail of their own. */
export const QUOTAS_PROVIDERS: readonly Provider[] = [
  ...[QuotaRepository, QuotaFigureRepository, JudgeFigure, GrantRepository, AdjustmentRepository, SetGrants, RecordGrantUsage, RecordQuotaObservation, ReadPositionBoard, CollectQuota],
  ...[RequestAdjustment, CancelAdjustment, InstructAdjustment, RecordAdjustmentOutcome, ListAdjustments, ListQuotaHistory, AdjustQuota, ProposeIncrease],
  ...[Approvals, QuotaPolicyRepository, ChangeQuotaPolicy, ExpireProposals, BufferRepository, RecordReserve, ReadBuffer],
  ...[SessionRepository, AdvanceSession, ReadSessions, RecountHouse, CountSessionItems, CollectionRepository, CountCollections],
  ...[PositionRepository, RecordPosition, CollectPositions, ReadPositions],
  ...[AutomaticActRepository, RelieveHouses, ActByPolicy],
  ...[ShiftRepository, RequestShift, ProposeShift, AdvanceShift, AdvanceShifts, ListShifts],
  {
    provide: SerialNumberBlocks,
    useFactory: (database: Database, { institution }: QuotasConfig) =>
      new SerialNumberBlocks({ database, connector: ClearingHouse.NETSUNION, format: { institution, issuer: SERIAL_NUMBER_ISSUER } }),
    inject: [Database, QUOTAS_CONFIG],
  },
];
