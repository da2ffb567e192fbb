import { z } from 'zod';
import { parseAmount, parseSignedAmount } from './money.ts';

/** The JSON form of an amount of yuan: a decimal string with two places. Zero is allowed; the value stays a string until a domain parses it. */
export const amountText = z
  .string()
  .refine((text) => parseAmount(text) !== null, 'is a decimal string of yuan with exactly two places, from "0.00" to "10000000000000.00"')
  .meta({ pattern: '^(0|[1-9][0-9]{0,13})\\.[0-9]{2}$', examples: ['1234.56'] });

/** As `amountText`, above zero. */
export const positiveAmountText = z
  .string()
  .refine((text) => (parseAmount(text) ?? 0n) > 0n, 'is a decimal string of yuan with exactly two places, above "0.00" and at most "10000000000000.00"')
  .meta({ pattern: '^(0|[1-9][0-9]{0,13})\\.[0-9]{2}$', examples: ['1234.56'] });

/** As `amountText`, or below zero with a leading minus: what an account gained or lost. */
export const signedAmountText = z
  .string()
  .refine((text) => parseSignedAmount(text) !== null, 'is a decimal string of yuan with exactly two places, from "-10000000000000.00" to "10000000000000.00"')
  .meta({ pattern: '^-?(0|[1-9][0-9]{0,13})\\.[0-9]{2}$', examples: ['-15.00'] });

/** The only currency of this version. */
export const currencyCode = z.literal('CNY', 'is "CNY": accounts and amounts in other currencies are refused');
