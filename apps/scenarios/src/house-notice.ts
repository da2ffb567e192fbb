import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSigner, type Signer } from '@jinku/security';
import type { Installation } from './installation.ts';
import type { RawRequest } from './raw-door.ts';

/** NetsUnion's door at the gateway. */
export const NOTICES = '/notices/netsunion';

export function noticeOf(serialNumber: string, changes: Readonly<Record<string, unknown>>): string {
  const success = { status: 'SUCCEEDED', code: '0000', amount: '88.00', clearingDate: null, railReference: 'N-SCENARIO', occurredAt: Date.now() };
  return JSON.stringify({ noticeId: randomUUID(), kind: 'PAYOUT_RESULT', serialNumber, ...success, ...changes });
}

export function houseSigner(world: Installation): Signer {
  return createSigner({ algorithm: 'HMAC-SM3', keyId: 'house.hmac', secret: houseSecret(world) });
}

export function houseSecret({ stack }: Installation): Buffer {
  return Buffer.from(readFileSync(join(stack.keysDir, 'netsunion', 'hmac.key'), 'utf8').trim(), 'hex');
}

export async function noticeRequest(signer: Signer, body: string, given: { timestampMs?: number; signedPath?: string } = {}): Promise<RawRequest> {
  const { timestampMs = Date.now(), signedPath = NOTICES } = given;
  const nonce = randomUUID();
  const signature = await signer.signAsync(`POST\n${signedPath}\n${timestampMs}\n${nonce}\n${body}`);
  return {
    path: NOTICES,
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
