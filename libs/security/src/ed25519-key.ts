import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

import { UnusableKey } from './pem.ts';

export function readEd25519PrivateKey(keyId: string, pem: string): KeyObject {
  return ed25519(keyId, () => createPrivateKey(pem));
}

export function readEd25519PublicKey(keyId: string, pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) throw new UnusableKey(keyId, 'not a public key');
  return ed25519(keyId, () => createPublicKey(pem));
}

function ed25519(keyId: string, read: () => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    throw new UnusableKey(keyId, 'it cannot be read');
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new UnusableKey(keyId, `an Ed25519 key is needed, this is ${key.asymmetricKeyType ?? 'of another kind'}`);
  return key;
}
