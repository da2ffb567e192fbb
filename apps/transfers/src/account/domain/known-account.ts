import type { AccountClass } from '@jinku/contracts';

/** An account of the institution, as the register told it last. */
export interface KnownAccount {
  readonly id: string;
  readonly version: number;
  readonly accountClass: AccountClass;
  readonly subtype: string | null;
  readonly owner: 'CLIENT' | 'OWN';
  readonly name: string;
  readonly state: string;
  /** Active, and linked to the ledger: money may move. */
  readonly isUsable: boolean;
  /** The only own-fund account that reserve money may go to. */
  readonly isFiled: boolean;
  readonly accountNumber: string;
  readonly accountName: string;
  readonly bankCode: string;
  readonly connectorType: string | null;
}
