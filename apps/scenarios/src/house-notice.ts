import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSigner, type Signer } from '@jinku/security';
import type { Installation } from './installation.ts';
import type { RawRequest } from './raw-door.ts';

/** NetsUnion's door at the gateway. */
export const NOTICES = '/notices/netsunion';

/** A house by the folder of its keys; its door at the gateway has the same name. */
export type House = 'netsunion' | 'unionpay';

export function noticeOf(serialNumber: string, changes: Readonly<Record<string, unknown>>): string {
  const success = { status: 'SUCCEEDED', code: '0000', amount: '88.00', clearingDate: null, railReference: 'N-SCENARIO', occurredAt: Date.now() };
  return JSON.stringify({ noticeId: randomUUID(), kind: 'PAYOUT_RESULT', serialNumber, ...success, ...changes });
}

export function houseSigner(world: Installation, house: House = 'netsunion'): Signer {
  return createSigner({ algorithm: 'HMAC-SM3', keyId: 'house.hmac', secret: houseSecret(world, house) });
}

export function houseSecret({ stack }: Installation, house: House = 'netsunion'): Buffer {
  return Buffer.from(readFileSync(join(stack.keysDir, house, 'hmac.key'), 'utf8').trim(), 'hex');
}

export async function noticeRequest(signer: Signer, body: string, given: { timestampMs?: number; path?: string; signedPath?: string } = {}): Promise<RawRequest> {
  const { timestampMs = Date.now(), path = NOTICES, signedPath = path } = given;
  const nonce = randomUUID();
  const signature = await signer.signAsync(`POST\n${signedPath}\n${timestampMs}\n${nonce}\n${body}`);
  return {
    path,
    body,
    headers: {
      'x-signature-algorithm': signer.algorithm,
      'x-institution': 'JINKU001',
      'x-key-id': signer.keyId,
      'x-timestamp': String(timestampMs),
      'x-nonce': nonce,
      'x-signature': signature,
    },
  };
}
