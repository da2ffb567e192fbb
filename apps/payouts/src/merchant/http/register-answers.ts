import { ClearingHouse } from '@jinku/contracts';
import { z } from 'zod';
import { MerchantState, PayeeBankState } from '../domain/merchant.ts';

/** Null where the next wider setting holds. */
const duplicateWindowSeconds = z.int().nullable();

export const businessLineView = z.object({ code: z.string(), name: z.string(), priority: z.int(), perItemLimit: z.string(), duplicateWindowSeconds, primaryHouse: z.enum(ClearingHouse).nullable() });
export const businessLineList = z.object({ items: z.array(businessLineView) });

export const merchantView = z.object({ merchantId: z.string(), name: z.string(), state: z.enum(MerchantState), priority: z.int(), duplicateWindowSeconds });
export const merchantPage = z.object({ items: z.array(merchantView), next: z.string().nullable() });

export const bankView = z.object({ bankCode: z.string(), name: z.string(), state: z.enum(PayeeBankState) });
export const bankList = z.object({ items: z.array(bankView) });
