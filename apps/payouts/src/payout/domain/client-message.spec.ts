import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { signDetached } from '@jinku/security';
import { aRequest } from '../payout.builder.ts';
import { identifyClient, maskedText, readMessage, toldViolations } from './client-message.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const directory = { keys: new Map([['settlement', publicKey]]), unsignedClients: new Set(['legacy']) };
const body = JSON.stringify({ messageKey: 'M10001', requests: [aRequest()] });
const jws = signDetached({ keyId: 'settlement', privateKey, payload: body });

test('a message is its client\'s only when its bytes carry the client\'s signature', () => {
  const fault = (headers: Record<string, string>, text = body) => identifyClient({ headers, body: text }, directory).fault;

  expect(fault({ clientid: 'settlement', jws })).toBeNull();
  expect(fault({ clientid: 'settlement', jws }, body.replace('100.00', '900.00'))).toBe('BAD_SIGNATURE');
  expect(fault({ clientid: 'settlement', jws }, `${body} `)).toBe('BAD_SIGNATURE');
  expect(fault({ clientid: 'settlement' })).toBe('NOT_SIGNED');
  expect(fault({ clientid: 'stranger', jws })).toBe('UNKNOWN_CLIENT');
  expect(fault({ jws })).toBe('NO_CLIENT');
  expect(fault({ clientid: 'legacy' })).toBeNull();
});

test('a message that is not well formed names its own id to reject, and those of its requests that can be read', () => {
  const named = aRequest({ requestId: 'REQ-00000001' });

  expect(readMessage({ id: 'm1', data: { requests: [named, {}, { requestId: 'REQ-00000002' }] } })).toMatchObject({
    requestIds: ['REQ-00000001', 'm1'],
    violations: [{ field: 'messageKey' }],
  });
  for (const data of [null, [], 'text', { messageKey: 'x', requests: [] }]) expect(readMessage({ id: 'm1', data })).toMatchObject({ requestIds: ['m1'] });
});

test('a request that no answer could reach is not named, and is told under its place in the message', () => {
  const read = readMessage({ id: 'm1', data: { messageKey: 'x', requests: [1, { requestId: 'REQ-00000001' }, aRequest({ requestId: 'REQ-00000002' })] } });

  expect(read).toMatchObject({
    requests: [
      { requestId: 'm1[0]', isNamed: false, root: 'requests[0]' },
      { requestId: 'REQ-00000001', isNamed: false },
      { requestId: 'REQ-00000002', isNamed: true },
    ],
  });
});

test('an answer is short, however many fields a sender makes up and however long', () => {
  const told = toldViolations(Array.from({ length: 1_000 }, (_, n) => ({ field: `${n}`.repeat(10_000), rule: 'is not a known field' })));

  expect(told).toHaveLength(5);
  expect(JSON.stringify(told).length).toBeLessThan(1_000);
});

test('a masked text shows its structure and no payee', () => {
  const text = '{"requestId":"REQ-1","payee":{"accountName":"Zhang \\"San\\"","accountNumber":"6222020200012345678","note":"张三 \\u5f20"},"amount":"12.00"';

  expect(maskedText(text)).toBe('{"requestId":"REQ-1","payee":{"accountName":"**","accountNumber":"6222****5678","note":"?? ?"},"amount":"12.00"');
});
