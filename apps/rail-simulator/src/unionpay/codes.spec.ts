import { CODES, type Code } from '../netsunion/codes.ts';
import { responseCodeOf, UNIONPAY_CODE } from './codes.ts';

test('each code of the books has a word of its own at UnionPay, with the HTTP status of the protocol page', () => {
  const words = Object.values(UNIONPAY_CODE);

  expect(new Set(words).size).toBe(words.length);
  expect(Object.keys(UNIONPAY_CODE).sort()).toEqual(Object.keys(CODES).sort());
  expect(Object.fromEntries(Object.entries(UNIONPAY_CODE).map(([code, word]) => [word, CODES[code as Code].httpStatus]))).toMatchObject({ 30: 400, 40: 404, 49: 429, A0: 401, '05': 200 });
});

test('what is taken is never said in the word for done', () => {
  expect(responseCodeOf('SUCCEEDED', '0000').respCode).toBe('00');
  expect(responseCodeOf('ACCEPTED', '0000').respCode).toBe('03');
  expect(responseCodeOf('PROCESSING', '0000').respCode).toBe('03');
});
