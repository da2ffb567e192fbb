export { amountText, currencyCode, positiveAmountText, signedAmountText } from './amount-schema.ts';
export { add, allocate, AMOUNT_MINOR_MAX, cny, divideFloor, formatAmount, multiplyHalfEven, parseAmount, parseSignedAmount, quota, subtract, sum } from './money.ts';
export type { Money, Unit } from './money.ts';
