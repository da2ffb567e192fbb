import { AccountClass } from '@jinku/contracts';

/** How money may get from one account to another. Each stands for one flow of domain §3. */
export const TransferMeans = {
  /** A transfer at the payer's bank (F1, F5). */
  BANK_TRANSFER: 'BANK_TRANSFER',
  /** Through a virtual account at UnionPay (F2, F6). */
  VIRTUAL_ACCOUNT: 'VIRTUAL_ACCOUNT',
  /** NetsUnion pays out of the central reserve (F3). */
  NETSUNION_PAYOUT: 'NETSUNION_PAYOUT',
  /** UnionPay pays out of the central reserve (F4). */
  MERCHANT_SETTLEMENT: 'MERCHANT_SETTLEMENT',
} as const;
export type TransferMeans = (typeof TransferMeans)[keyof typeof TransferMeans];

/** Rule R2: what a movement is for. */
export const Purpose = {
  SWEEP_UP: 'SWEEP_UP',
  FUND_DOWN: 'FUND_DOWN',
  FEE_INCOME_TRANSFER: 'FEE_INCOME_TRANSFER',
  OWN_FUND_ADVANCE: 'OWN_FUND_ADVANCE',
  ADVANCE_RETURN: 'ADVANCE_RETURN',
  CHARGE_REIMBURSEMENT: 'CHARGE_REIMBURSEMENT',
  CONCENTRATION: 'CONCENTRATION',
  CLOSING_RESIDUAL: 'CLOSING_RESIDUAL',
} as const;
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

export interface AllowedTransfer {
  readonly payer: AccountClass;
  readonly payee: AccountClass;
  readonly means: TransferMeans;
  readonly purposes: readonly Purpose[];
  /** False: the matrix allows it, and this version cannot carry it out. */
  readonly isBuilt: boolean;
}

const { CENTRAL_RESERVE, CLIENT_FUND, OWN_FUND } = AccountClass;
const { BANK_TRANSFER, VIRTUAL_ACCOUNT, NETSUNION_PAYOUT, MERCHANT_SETTLEMENT } = TransferMeans;
const { SWEEP_UP, FUND_DOWN, FEE_INCOME_TRANSFER, OWN_FUND_ADVANCE, ADVANCE_RETURN, CHARGE_REIMBURSEMENT, CONCENTRATION, CLOSING_RESIDUAL } = Purpose;
const OUT_OF_OWN_FUNDS = [OWN_FUND_ADVANCE, CHARGE_REIMBURSEMENT] as const;
const INTO_OWN_FUNDS = [FEE_INCOME_TRANSFER, ADVANCE_RETURN] as const;

/** Rule R5: the whole matrix. A pair, means or purpose that does not stand here is refused. The first means of a pair is taken unless another is named. */
export const ALLOWED_TRANSFERS: readonly AllowedTransfer[] = [
  { payer: CLIENT_FUND, payee: CENTRAL_RESERVE, means: BANK_TRANSFER, purposes: [SWEEP_UP], isBuilt: true },
  { payer: CLIENT_FUND, payee: CENTRAL_RESERVE, means: VIRTUAL_ACCOUNT, purposes: [SWEEP_UP], isBuilt: false },
  { payer: OWN_FUND, payee: CENTRAL_RESERVE, means: BANK_TRANSFER, purposes: OUT_OF_OWN_FUNDS, isBuilt: false },
  { payer: OWN_FUND, payee: CENTRAL_RESERVE, means: VIRTUAL_ACCOUNT, purposes: OUT_OF_OWN_FUNDS, isBuilt: false },
  { payer: CENTRAL_RESERVE, payee: CLIENT_FUND, means: NETSUNION_PAYOUT, purposes: [FUND_DOWN], isBuilt: true },
  { payer: CENTRAL_RESERVE, payee: CLIENT_FUND, means: MERCHANT_SETTLEMENT, purposes: [FUND_DOWN], isBuilt: false },
  { payer: CENTRAL_RESERVE, payee: OWN_FUND, means: NETSUNION_PAYOUT, purposes: [FEE_INCOME_TRANSFER], isBuilt: true },
  { payer: CENTRAL_RESERVE, payee: OWN_FUND, means: NETSUNION_PAYOUT, purposes: [ADVANCE_RETURN], isBuilt: false },
  { payer: CENTRAL_RESERVE, payee: OWN_FUND, means: MERCHANT_SETTLEMENT, purposes: INTO_OWN_FUNDS, isBuilt: false },
  { payer: CLIENT_FUND, payee: OWN_FUND, means: BANK_TRANSFER, purposes: INTO_OWN_FUNDS, isBuilt: false },
  { payer: CLIENT_FUND, payee: OWN_FUND, means: VIRTUAL_ACCOUNT, purposes: INTO_OWN_FUNDS, isBuilt: false },
  { payer: OWN_FUND, payee: CLIENT_FUND, means: BANK_TRANSFER, purposes: OUT_OF_OWN_FUNDS, isBuilt: false },
  { payer: OWN_FUND, payee: CLIENT_FUND, means: VIRTUAL_ACCOUNT, purposes: OUT_OF_OWN_FUNDS, isBuilt: false },
  { payer: OWN_FUND, payee: OWN_FUND, means: BANK_TRANSFER, purposes: [CONCENTRATION], isBuilt: false },
  { payer: CLIENT_FUND, payee: CLIENT_FUND, means: BANK_TRANSFER, purposes: [CLOSING_RESIDUAL], isBuilt: false },
];
