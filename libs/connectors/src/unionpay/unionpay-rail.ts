import type { BusinessDate } from '@jinku/calendar';
import { ClearingHouse } from '@jinku/contracts';

import { ClearingHouseRail, type ClearingHouseRailOptions } from '../clearing-house/clearing-house-rail.ts';
import type { Classify, HouseProtocol } from '../clearing-house/house-protocol.ts';
import { maskedPayee, maskedPurpose } from '../masked-exchange.ts';
import type { OutcomeClass } from '../outcome-class.ts';
import type { PayoutInstruction } from '../payout-rail.ts';
import { parseAnswer, parsePayoutFilePage, parseQuota, parseSession } from './unionpay-answer.ts';
import { NOT_FOUND_CODE, outcomeOfAdjustment, outcomeOfAdjustmentInquiry, outcomeOfInquiry, outcomeOfSubmit } from './unionpay-codes.ts';

const BASE_PATH = '/unionpay/v1';
/** CNY by its number in ISO 4217. */
const CURRENCY = '156';

const UNIONPAY: HouseProtocol = {
  clearingHouse: ClearingHouse.UNIONPAY,
  paths: {
    payouts: `${BASE_PATH}/merchant-settlements`,
    quota: `${BASE_PATH}/quota`,
    adjustments: `${BASE_PATH}/quota-adjustments`,
    session: (clearingDate) => `${BASE_PATH}/sessions/${settleDateOf(clearingDate)}`,
    payoutFile: (clearingDate, after) =>
      `${BASE_PATH}/sessions/${settleDateOf(clearingDate)}/payout-file${after === null ? '' : `?after=${encodeURIComponent(after)}`}`,
  },
  payoutBodies: orderBodies,
  adjustmentBody: ({ serialNumber, direction, amountMinor, validUntil }) =>
    JSON.stringify({
      orderId: serialNumber,
      adjustType: direction === 'INCREASE' ? '01' : '02',
      txnAmt: amountMinor.toString(),
      currencyCode: CURRENCY,
      validUntil: validUntil.getTime(),
    }),
  parseAnswer,
  outcomeOf: {
    submit: byCode(outcomeOfSubmit),
    inquiry: byCode(outcomeOfInquiry),
    adjustment: byCode(outcomeOfAdjustment),
    adjustmentInquiry: byCode(outcomeOfAdjustmentInquiry),
  },
  parseQuota,
  isNotFound: ({ respCode }) => respCode === NOT_FOUND_CODE,
  parseSession,
  parsePayoutFilePage,
};

/** UnionPay as docs/rails/unionpay.md describes it. Its payouts are merchant settlements. */
export class UnionPayRail extends ClearingHouseRail {
  constructor(options: ClearingHouseRailOptions) {
    super(UNIONPAY, options);
  }
}

function orderBodies(instruction: PayoutInstruction): { body: string; masked: string } {
  const { serialNumber, amountMinor, payee, purpose, businessLine, merchantId, validUntil } = instruction;
  const head = `{"orderId":${JSON.stringify(serialNumber)},"txnAmt":"${amountMinor}","currencyCode":"${CURRENCY}",`;
  const tail = `,${JSON.stringify({ bizType: businessLine, merId: merchantId, validUntil: validUntil.getTime() }).slice(1)}`;
  const payeeText = ({ accountNumber, accountName, bankCode }: PayoutInstruction['payee'], postscript: string): string =>
    JSON.stringify({ accNo: accountNumber, accName: accountName, bankNo: bankCode, postscript }).slice(1, -1);
  return {
    body: `${head}${payeeText(payee, purpose)}${tail}`,
    masked: `${head}${payeeText(maskedPayee(payee), maskedPurpose(instruction))}${tail}`,
  };
}

/** One code says everything here: there is no status beside it. */
function byCode(outcomeOf: (code: string) => OutcomeClass): Classify {
  return (_, code) => outcomeOf(code);
}

function settleDateOf(clearingDate: BusinessDate): string {
  return clearingDate.replaceAll('-', '');
}
