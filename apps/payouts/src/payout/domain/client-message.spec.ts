import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { signDetached } from '@jinku/security';
import { aRequest } from '../payout.builder.ts';
import { identifyClient, readMessage } from './client-message.ts';

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

test('a message that is not well formed names the request ids to reject, or its own', () => {
  expect(readMessage({ id: 'm1', data: { messageKey: 'x', requests: [1, 2] } })).toEqual({ requests: [1, 2] });
  expect(readMessage({ id: 'm1', data: { requests: [aRequest({ requestId: 'REQ-00000001' }), {}] } })).toMatchObject({ requestIds: ['REQ-00000001', 'm1[1]'] });
  for (const data of [null, [], 'text', { messageKey: 'x', requests: [] }]) expect(readMessage({ id: 'm1', data })).toMatchObject({ requestIds: ['m1'] });
});
