import { ClearingHouse } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';

import { ClearingHouseRail, type ClearingHouseRailOptions } from '../clearing-house/clearing-house-rail.ts';
import type { HouseProtocol } from '../clearing-house/house-protocol.ts';
import { maskedPayee, maskedPurpose } from '../masked-exchange.ts';
import type { PayoutInstruction } from '../payout-rail.ts';
import { parseAnswer, parsePayoutFilePage, parseQuota, parseSession } from './netsunion-answer.ts';
import { NOT_FOUND_CODE, outcomeOfAdjustment, outcomeOfAdjustmentInquiry, outcomeOfInquiry, outcomeOfSubmit } from './netsunion-codes.ts';

export type NetsUnionOptions = ClearingHouseRailOptions;

const BASE_PATH = '/netsunion/v1';

const NETSUNION: HouseProtocol = {
  clearingHouse: ClearingHouse.NETSUNION,
  paths: {
    payouts: `${BASE_PATH}/payouts`,
    quota: `${BASE_PATH}/quota`,
    adjustments: `${BASE_PATH}/quota-adjustments`,
    session: (clearingDate) => `${BASE_PATH}/sessions/${clearingDate}`,
    payoutFile: (clearingDate, after) => `${BASE_PATH}/sessions/${clearingDate}/payout-file${after === null ? '' : `?after=${encodeURIComponent(after)}`}`,
  },
  payoutBodies: submitBodies,
  adjustmentBody: ({ serialNumber, direction, amountMinor, validUntil }) =>
    JSON.stringify({ serialNumber, direction, amount: formatAmount(amountMinor), currency: 'CNY', validUntil: validUntil.getTime() }),
  parseAnswer,
  outcomeOf: { submit: outcomeOfSubmit, inquiry: outcomeOfInquiry, adjustment: outcomeOfAdjustment, adjustmentInquiry: outcomeOfAdjustmentInquiry },
  parseQuota,
  isNotFound: ({ status, code }) => status === 'NOT_FOUND' && code === NOT_FOUND_CODE,
  parseSession,
  parsePayoutFilePage,
};

/** NetsUnion as docs/rails/netsunion.md describes it. */
export class NetsUnionRail extends ClearingHouseRail {
  constructor(options: NetsUnionOptions) {
    super(NETSUNION, options);
  }
}

/** The body as it is sent and as it is logged. They differ in payee and purpose only, so the rest is put into text once. */
function submitBodies(instruction: PayoutInstruction): { body: string; masked: string } {
  const { serialNumber, amountMinor, payee, purpose, businessLine, merchantId, validUntil } = instruction;
  const head = `{"serialNumber":${JSON.stringify(serialNumber)},"amount":"${formatAmount(amountMinor)}","currency":"CNY","payee":`;
  const tail = `,${JSON.stringify({ businessLine, merchantId, validUntil: validUntil.getTime() }).slice(1)}`;
  const { accountNumber, accountName, bankCode } = payee;
  return {
    body: `${head}${JSON.stringify({ accountNumber, accountName, bankCode })},"purpose":${JSON.stringify(purpose)}${tail}`,
    masked: `${head}${JSON.stringify(maskedPayee(payee))},"purpose":${JSON.stringify(maskedPurpose(instruction))}${tail}`,
  };
}
