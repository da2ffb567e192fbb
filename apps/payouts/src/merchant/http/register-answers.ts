import { z } from 'zod';
import { MerchantState } from '../domain/merchant.ts';

export const businessLineView = z.object({ code: z.string(), name: z.string(), priority: z.int(), perItemLimit: z.string() });
export const businessLineList = z.object({ items: z.array(businessLineView) });

export const merchantView = z.object({ merchantId: z.string(), name: z.string(), state: z.enum(MerchantState), priority: z.int() });
export const merchantPage = z.object({ items: z.array(merchantView), next: z.string().nullable() });

export const bankList = z.object({ items: z.array(z.object({ bankCode: z.string(), name: z.string() })) });
