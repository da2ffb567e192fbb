import fc from 'fast-check';

import { parseTransferAnswer } from './bank-answer.ts';

const ANSWER = { serialNumber: 'S-1', status: 'ACCEPTED', code: '0000', amount: '1.00', bankReference: 'AT1' };

test('a whole answer is read, and what is absent is null', () => {
  expect(parseTransferAnswer(JSON.stringify(ANSWER))).toEqual({
    serialNumber: 'S-1',
    status: 'ACCEPTED',
    code: '0000',
    railReference: 'AT1',
    clearingDate: null,
    amountMinor: 100n,
  });
  expect(parseTransferAnswer('{"serialNumber":"S-1","status":"NOT_FOUND","code":"0602"}')).toMatchObject({ amountMinor: null, railReference: null });
});

test('only a refusal may name no transfer', () => {
  expect(parseTransferAnswer('{"serialNumber":"","status":"REJECTED","code":"0501"}')).toMatchObject({ serialNumber: null });
  expect(parseTransferAnswer('{"serialNumber":"","status":"SUCCEEDED","code":"0000"}')).toBeNull();
});

test('no text makes the parser throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.constantFrom('null', '[]', '"x"', '1', '{}')), (text) => {
      parseTransferAnswer(text);
    }),
    { numRuns: 1_000 },
  );
});
