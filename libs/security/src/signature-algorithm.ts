/** How messages to and from a rail are signed. `HMAC-SM3` shares one secret; the others have a private and a public key. */
export const SignatureAlgorithm = { HMAC_SM3: 'HMAC-SM3', RSA2048_SHA256: 'RSA2048-SHA256', SM2_SM3: 'SM2-SM3' } as const;
export type SignatureAlgorithm = (typeof SignatureAlgorithm)[keyof typeof SignatureAlgorithm];

/** 32 secret bytes, or a PEM private key (PKCS#8). */
export type SigningKey =
  | { readonly algorithm: 'HMAC-SM3'; readonly keyId: string; readonly secret: Uint8Array }
  | { readonly algorithm: 'RSA2048-SHA256' | 'SM2-SM3'; readonly keyId: string; readonly privateKeyPem: string };

/** The same secret bytes, or a PEM public key (SPKI). */
export type VerificationKey =
  | { readonly algorithm: 'HMAC-SM3'; readonly keyId: string; readonly secret: Uint8Array }
  | { readonly algorithm: 'RSA2048-SHA256' | 'SM2-SM3'; readonly keyId: string; readonly publicKeyPem: string };

/** Signs with one key; signatures are base64 (SM2: of DER, RSA: PKCS#1 v1.5). */
export interface Signer {
  readonly algorithm: SignatureAlgorithm;
  readonly keyId: string;
  sign(message: string | Uint8Array): string;
  /** In a worker thread where the signer has any, else at once. */
  signAsync(message: string | Uint8Array): Promise<string>;
  /** Ends the worker threads. */
  close(): Promise<void>;
}

/** Answers true or false for whatever it is given; never throws over a signature. */
export interface Verifier {
  readonly algorithm: SignatureAlgorithm;
  readonly keyId: string;
  verify(message: string | Uint8Array, signature: string): boolean;
  verifyAsync(message: string | Uint8Array, signature: string): Promise<boolean>;
  close(): Promise<void>;
}
