import { accountsService } from '@jinku/accounts';
import { auditService } from '@jinku/audit';
import { gatewayService } from '@jinku/gateway';
import { ledgerService } from '@jinku/ledger';
import { payoutsService } from '@jinku/payouts';
import { quotasService } from '@jinku/quotas';
import type { ServiceDefinition } from '@jinku/service';
import { transfersService } from '@jinku/transfers';

/** In the order in which they start: whoever is asked comes before who asks, the door to the outside last. */
export const services: readonly ServiceDefinition[] = [accountsService, ledgerService, quotasService, payoutsService, transfersService, auditService, gatewayService];
