import type { Provider } from '@nestjs/common';
import { SerialNumberBlocks } from '@jinku/connectors';
import { ClearingHouse } from '@jinku/contracts';
import { Database } from '@jinku/persistence';
import { AdjustQuota } from './adjustment/jobs/adjust-quota.ts';
import { AdjustmentRepository } from './adjustment/persistence/adjustment.repository.ts';
import { ListAdjustments } from './adjustment/queries/list-adjustments.ts';
import { CancelAdjustment } from './adjustment/use-cases/cancel-adjustment.ts';
import { InstructAdjustment } from './adjustment/use-cases/instruct-adjustment.ts';
import { RecordAdjustmentOutcome } from './adjustment/use-cases/record-adjustment-outcome.ts';
import { RequestAdjustment } from './adjustment/use-cases/request-adjustment.ts';
import { QUOTAS_CONFIG, type QuotasConfig } from './config.ts';
import { GrantRepository } from './grant/persistence/grant.repository.ts';
import { RecordGrantUsage } from './grant/use-cases/record-grant-usage.ts';
import { SetGrants } from './grant/use-cases/set-grants.ts';
import { CollectQuota } from './quota/jobs/collect-quota.ts';
import { QuotaRepository } from './quota/persistence/quota.repository.ts';
import { ListQuotaHistory } from './quota/queries/list-quota-history.ts';
import { ReadPositionBoard } from './quota/queries/read-position-board.ts';
import { RecordQuotaObservation } from './quota/use-cases/record-quota-observation.ts';

/** Tells this service's serial numbers from those of payouts, which have 0. */
const SERIAL_NUMBER_ISSUER = 1;

/** All but the doors: what specs wire with a rail of their own. */
export const QUOTAS_PROVIDERS: readonly Provider[] = [
  ...[QuotaRepository, GrantRepository, AdjustmentRepository, SetGrants, RecordGrantUsage, RecordQuotaObservation, ReadPositionBoard, CollectQuota],
  ...[RequestAdjustment, CancelAdjustment, InstructAdjustment, RecordAdjustmentOutcome, ListAdjustments, ListQuotaHistory, AdjustQuota],
  {
    provide: SerialNumberBlocks,
    useFactory: (database: Database, { institution }: QuotasConfig) =>
      new SerialNumberBlocks({ database, connector: ClearingHouse.NETSUNION, format: { institution, issuer: SERIAL_NUMBER_ISSUER } }),
    inject: [Database, QUOTAS_CONFIG],
  },
];
