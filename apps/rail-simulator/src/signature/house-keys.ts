import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { hmacSigner, hmacVerifier, rsaSigner, rsaVerifier, sm2SignerOf, sm2VerifierOf } from './signing.ts';
import type { SignatureAlgorithm, Signer, Verifier } from './signing.ts';

/** The house's signing keys by algorithm, and the institution's verification keys by key id. */
export interface HouseKeys {
  readonly signers: ReadonlyMap<string, Signer>;
  readonly verifiers: ReadonlyMap<string, Verifier>;
  /** Signs notices, and answers whose request named no algorithm that the house has a key for. */
  readonly standard: Signer;
}

/** Reads what the house's folder of the keys' folder holds; the standard algorithm's keys must be there. */
export function readHouseKeys(keysDir: string, folder: string, standard: SignatureAlgorithm): HouseKeys {
  const signers: Signer[] = [];
  const verifiers: Verifier[] = [];
  const text = (name: string): string | null => {
    const path = join(keysDir, folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  };
  const secretHex = text('hmac.key')?.trim();
  if (secretHex !== undefined) {
    if (!/^[0-9a-f]{64}$/i.test(secretHex)) throw new Error(`${folder}/hmac.key must hold 64 hex digits`);
    const secret = Buffer.from(secretHex, 'hex');
    signers.push(hmacSigner('house.hmac', secret));
    verifiers.push(hmacVerifier('institution.hmac', secret));
  }
  const rsaPrivate = text('house.rsa.key');
  if (rsaPrivate !== null) signers.push(rsaSigner('house.rsa', rsaPrivate));
  const rsaPublic = text('institution.rsa.pub');
  if (rsaPublic !== null) verifiers.push(rsaVerifier('institution.rsa', rsaPublic));
  const sm2Private = text('house.sm2.key');
  if (sm2Private !== null) signers.push(sm2SignerOf('house.sm2', sm2Private));
  const sm2Public = text('institution.sm2.pub');
  if (sm2Public !== null) verifiers.push(sm2VerifierOf('institution.sm2', sm2Public));

  const chosen = signers.find(({ algorithm }) => algorithm === standard);
  if (chosen === undefined) throw new Error(`the folder ${keysDir}/${folder} has no ${standard} key of the house`);
  return {
    signers: new Map(signers.map((signer) => [signer.algorithm, signer])),
    verifiers: new Map(verifiers.map((verifier) => [verifier.keyId, verifier])),
    standard: chosen,
  };
}
