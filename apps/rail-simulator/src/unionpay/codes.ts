import { CODES, type Code } from '../netsunion/codes.ts';

/**
 * UnionPay's word for each code of the books, which note what became of a request in NetsUnion's: docs/rails/unionpay.md has the table. One code
 * says everything here, so what is taken and not final is `03`.
 */
export const UNIONPAY_CODE: Readonly<Record<Code, string>> = {
  '0000': '00',
  '0101': '14',
  '0102': '16',
  '0103': '17',
  '0104': '21',
  '0201': '12',
  '0301': '61',
  '0302': '60',
  '0401': '59',
  '0501': '30',
  '0502': 'A0',
  '0601': '49',
  '0602': '34',
  '0603': '40',
  '9999': '05',
};

const PENDING = '03';

export function responseCodeOf(status: string, code: Code): { readonly respCode: string; readonly respMsg: string; readonly httpStatus: number } {
  const isPending = status === 'ACCEPTED' || status === 'PROCESSING';
  const { httpStatus, message } = CODES[code];
  return { respCode: isPending ? PENDING : UNIONPAY_CODE[code], respMsg: isPending ? 'taken' : message, httpStatus };
}
