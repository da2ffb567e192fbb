import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac, hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { leaveOut } from '@jinku/testing';
import { anSm2Pair } from './key-pairs.builder.ts';
import { chooseSm2Engine } from './sm2-engine.ts';
import { readSm2PrivateKey, readSm2PublicKey, SM2_USER_ID } from './sm2-key.ts';

const MESSAGE = '结算打款 1234.56';
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) leaveOut('known answers of another implementation of SM2 and SM3 need openssl (apt-get install openssl)');

(hasOpenssl ? test : test.skip)('openssl verifies our SM2 signature, we verify its, and both compute the same HMAC-SM3', () => {
  const folder = mkdtempSync(join(tmpdir(), 'known-answers-'));
  const file = (name: string): string => join(folder, name);
  const { privateKeyPem, publicKeyPem } = anSm2Pair();
  const engine = chooseSm2Engine();
  const id = ['-rawin', '-digest', 'sm3', '-pkeyopt', `distid:${SM2_USER_ID}`];

  try {
    writeFileSync(file('private.pem'), privateKeyPem);
    writeFileSync(file('public.pem'), publicKeyPem);
    writeFileSync(file('message'), MESSAGE);
    writeFileSync(file('ours'), engine.signerOf(readSm2PrivateKey('k1', privateKeyPem))(MESSAGE));
    const verified = execFileSync('openssl', [
      'pkeyutl',
      '-verify',
      '-pubin',
      '-inkey',
      file('public.pem'),
      '-in',
      file('message'),
      '-sigfile',
      file('ours'),
      ...id,
    ]);
    const theirs = execFileSync('openssl', ['pkeyutl', '-sign', '-inkey', file('private.pem'), '-in', file('message'), ...id]);
    const mac = execFileSync('openssl', ['dgst', '-sm3', '-hmac', 'sixteen-byte-key', '-r', file('message')])
      .toString()
      .split(' ')[0];

    expect(verified.toString()).toContain('Signature Verified Successfully');
    expect(engine.verifierOf(readSm2PublicKey('k1', publicKeyPem))(MESSAGE, theirs)).toBe(true);
    expect(mac).toBe(createHmac('sm3', 'sixteen-byte-key').update(MESSAGE).digest('hex'));
    expect(
      execFileSync('openssl', ['dgst', '-sm3', '-r', file('message')])
        .toString()
        .split(' ')[0],
    ).toBe(hash('sm3', MESSAGE, 'hex'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
