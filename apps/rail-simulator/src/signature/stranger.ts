import { randomBytes } from 'node:crypto';

import { hmacSigner, type Signer } from './signing.ts';

/** Claims the house's key id and algorithm, with a key that is not the house's. */
export function strangerOf(house: Signer): Signer {
  const stranger = hmacSigner(house.keyId, randomBytes(32));
  return { ...stranger, algorithm: house.algorithm };
}
