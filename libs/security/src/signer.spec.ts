import fc from 'fast-check';

import { aSigningPair, anEcdsaPair, anRsaPair, anSm2Pair } from './key-pairs.builder.ts';
import { createSigner, createVerifier } from './signer.ts';

const MESSAGE = 'POST\n/netsunion/v1/payouts\n1795233600000\nn-1\n{"amount":"1234.56","payee":"张三丰"}';
const ALGORITHMS = ['HMAC-SM3', 'RSA2048-SHA256', 'SM2-SM3'] as const;

describe.each(ALGORITHMS)('%s', (algorithm) => {
  const { signing, verification } = aSigningPair(algorithm);
  const signer = createSigner(signing);
  const verifier = createVerifier(verification);
  const signature = signer.sign(MESSAGE);

  test('what was signed verifies, as text and as bytes', () => {
    expect(verifier.verify(MESSAGE, signature)).toBe(true);
    expect(verifier.verify(Buffer.from(MESSAGE), signature)).toBe(true);
    expect(verifier.verify(MESSAGE, signer.sign(Buffer.from(MESSAGE)))).toBe(true);
  });

  test('one flipped bit anywhere in the message is refused', () => {
    const bytes = Buffer.from(MESSAGE);
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return !verifier.verify(flipped, signature);
      }),
    );
  });

  test('one flipped bit anywhere in the signature is refused', () => {
    const bytes = Buffer.from(signature, 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifier.verify(MESSAGE, flipped.toString('base64'))).toBe(false);
    }
  });

  test('every other spelling of a right signature is refused, so it cannot pass as a second one', () => {
    const bytes = Buffer.from(signature, 'base64');
    const others = [
      `${signature} `,
      ` ${signature}`,
      `${signature}\n`,
      signature.replaceAll('=', ''),
      bytes.toString('hex'),
      `${signature}AA==`,
      `${String.fromCharCode(signature.charCodeAt(0) + 0x100)}${signature.slice(1)}`,
    ];
    const unlike = others.filter((other) => other !== signature);
    expect(unlike.filter((other) => verifier.verify(MESSAGE, other))).toEqual([]);
    expect(verifier.verify(MESSAGE, Buffer.concat([bytes, Buffer.from([0])]).toString('base64'))).toBe(false);
  });

  test('rubbish is refused and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.base64String(), fc.constantFrom('', '=', 'null')),
        (rubbish) => !verifier.verify(MESSAGE, rubbish),
      ),
    );
  });

  test('the signature of another key is refused', () => {
    const stranger = createSigner(aSigningPair(algorithm).signing);

    expect(verifier.verify(MESSAGE, stranger.sign(MESSAGE))).toBe(false);
  });

  test('worker threads give what the same thread gives, many at once, and refuse the wrong ones', async () => {
    const pooledSigner = createSigner(signing, { threads: 1 });
    const pooledVerifier = createVerifier(verification, { threads: 1 });
    const messages = Array.from({ length: 40 }, (_, index) => `${MESSAGE}${index}`);

    const signatures = await Promise.all(messages.map((message) => pooledSigner.signAsync(message)));

    expect(signatures.every((one, index) => verifier.verify(messages[index] ?? '', one))).toBe(true);
    const shifted = await Promise.all(messages.map((message, index) => pooledVerifier.verifyAsync(message, signatures[index + 1] ?? '')));
    expect(shifted).toEqual(messages.map(() => false));
    const right = await Promise.all(messages.map((message, index) => pooledVerifier.verifyAsync(message, signatures[index] ?? '')));
    expect(right).toEqual(messages.map(() => true));
    await Promise.all([pooledSigner.close(), pooledVerifier.close()]);
  });
});

describe('keys of the wrong kind are refused when the signer is made, not when money waits', () => {
  const unusable = expect.objectContaining({ code: 'UNUSABLE_KEY' });
  const keyId = 'k1';
  const ecdsa = anEcdsaPair();
  const rsa = anRsaPair();
  const sm2 = anSm2Pair();

  test('ECDSA keys for SM2', () => {
    expect(() => createSigner({ algorithm: 'SM2-SM3', keyId, privateKeyPem: ecdsa.privateKeyPem })).toThrow(unusable);
    expect(() => createVerifier({ algorithm: 'SM2-SM3', keyId, publicKeyPem: ecdsa.publicKeyPem })).toThrow(unusable);
  });

  test('RSA keys for SM2, SM2 and ECDSA keys for RSA', () => {
    expect(() => createSigner({ algorithm: 'SM2-SM3', keyId, privateKeyPem: rsa.privateKeyPem })).toThrow(unusable);
    expect(() => createSigner({ algorithm: 'RSA2048-SHA256', keyId, privateKeyPem: sm2.privateKeyPem })).toThrow(unusable);
    expect(() => createVerifier({ algorithm: 'RSA2048-SHA256', keyId, publicKeyPem: ecdsa.publicKeyPem })).toThrow(unusable);
  });

  test('private keys where a public one belongs, and the other way round', () => {
    expect(() => createVerifier({ algorithm: 'RSA2048-SHA256', keyId, publicKeyPem: rsa.privateKeyPem })).toThrow(unusable);
    expect(() => createVerifier({ algorithm: 'SM2-SM3', keyId, publicKeyPem: sm2.privateKeyPem })).toThrow(unusable);
    expect(() => createSigner({ algorithm: 'SM2-SM3', keyId, privateKeyPem: sm2.publicKeyPem })).toThrow(unusable);
    expect(() => createSigner({ algorithm: 'RSA2048-SHA256', keyId, privateKeyPem: rsa.publicKeyPem })).toThrow(unusable);
  });

  test('RSA keys under 2048 bits, short secrets, and texts that are no keys', () => {
    expect(() => createSigner({ algorithm: 'RSA2048-SHA256', keyId, privateKeyPem: anRsaPair(1_024).privateKeyPem })).toThrow(unusable);
    expect(() => createSigner({ algorithm: 'HMAC-SM3', keyId, secret: Buffer.alloc(8) })).toThrow(unusable);
    expect(() => createSigner({ algorithm: 'RSA2048-SHA256', keyId, privateKeyPem: 'no key' })).toThrow(unusable);
    expect(() => createSigner({ algorithm: 'SM2-SM3', keyId, privateKeyPem: 'no key' })).toThrow(unusable);
  });

  test('the refusal names the key and shows nothing of it', () => {
    expect(() => createSigner({ algorithm: 'SM2-SM3', keyId: 'inst-7', privateKeyPem: ecdsa.privateKeyPem })).toThrow(
      'key inst-7 cannot be used: not on the SM2 curve',
    );
  });
});
