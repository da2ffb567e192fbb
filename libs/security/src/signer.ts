import { signWith, verifyWith } from './key-functions.ts';
import type { Signer, SigningKey, VerificationKey, Verifier } from './signature-algorithm.ts';
import { SigningPool } from './signing-pool.ts';

/** How many threads `signAsync` and `verifyAsync` use; none by default. HMAC never uses any: a hop costs more than the MAC. */
export interface SigningThreads {
  readonly threads?: number;
}

/** Checks the key by its algorithm (SM2 refuses ECDSA keys) and, for SM2, the machine by known answers. */
export function createSigner(key: SigningKey, { threads = 0 }: SigningThreads = {}): Signer {
  const sign = signWith(key);
  const pool = key.algorithm === 'HMAC-SM3' || threads === 0 ? null : new SigningPool({ purpose: 'SIGN', key }, threads);
  return {
    algorithm: key.algorithm,
    keyId: key.keyId,
    sign,
    signAsync: async (message) => (pool === null ? sign(message) : String(await pool.run(message))),
    close: async () => pool?.close(),
  };
}

export function createVerifier(key: VerificationKey, { threads = 0 }: SigningThreads = {}): Verifier {
  const verify = verifyWith(key);
  const pool = key.algorithm === 'HMAC-SM3' || threads === 0 ? null : new SigningPool({ purpose: 'VERIFY', key }, threads);
  return {
    algorithm: key.algorithm,
    keyId: key.keyId,
    verify,
    verifyAsync: async (message, signature) => (pool === null ? verify(message, signature) : (await pool.run(message, signature)) === true),
    close: async () => pool?.close(),
  };
}
