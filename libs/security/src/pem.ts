/** What was given is not a key that may be used for its purpose. The message never holds key material. */
export class UnusableKey extends Error {
  readonly code = 'UNUSABLE_KEY';
  readonly keyId: string;

  constructor(keyId: string, reason: string) {
    super(`key ${keyId} cannot be used: ${reason}`);
    this.name = 'UnusableKey';
    this.keyId = keyId;
  }
}

/** The DER bytes inside one PEM block, or null when there is none. */
export function derOf(pem: string): Buffer | null {
  const block = /-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/.exec(pem);
  return block?.[2] === undefined ? null : Buffer.from(block[2], 'base64');
}

export function pemOf(der: Buffer, label: 'PRIVATE KEY' | 'PUBLIC KEY'): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/**
 * Strict base64: two texts that decode to the same bytes would make a signature malleable, so only the canonical one is taken.
 * Returns null for anything else.
 */
export function strictBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : null;
}
