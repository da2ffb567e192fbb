import { CHAIN_GENESIS, chainHash } from './chain-hash.ts';
import { constantTimeEquals } from './constant-time.ts';
import { hashPassword, isPasswordHashOutdated, verifyPassword } from './password.ts';

test('a password verifies against its own hash only, and two hashes of it differ', async () => {
  const stored = await hashPassword('correct horse 电池');

  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword('correct horse 电池', stored)).toBe(true);
  expect(await verifyPassword('correct horse 电', stored)).toBe(false);
  expect(await hashPassword('correct horse 电池')).not.toBe(stored);
  expect(isPasswordHashOutdated(stored)).toBe(false);
});

test('the hash of the argon2 reference implementation verifies', async () => {
  const reference = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';

  expect(await verifyPassword('password', reference)).toBe(true);
  expect(isPasswordHashOutdated(reference)).toBe(true);
});

test('a stored text that is no hash, or asks for too much work, verifies nothing', async () => {
  const tag = 'CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  for (const stored of [
    '',
    'password',
    '$2b$10$x',
    `$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$${tag}`,
    `$argon2id$v=19$m=8,t=0,p=1$c29tZXNhbHQ$${tag}`,
  ]) {
    expect(await verifyPassword('password', stored)).toBe(false);
  }
});

test('passwords that are empty or too long are refused before any work', async () => {
  await expect(hashPassword('')).rejects.toThrow(RangeError);
  await expect(hashPassword('x'.repeat(257))).rejects.toThrow(RangeError);
});

test('secrets compare by content whatever their lengths', () => {
  expect(constantTimeEquals({ given: 'abc', expected: Buffer.from('abc') })).toBe(true);
  expect(constantTimeEquals({ given: 'abc', expected: 'abcd' })).toBe(false);
  expect(constantTimeEquals({ given: '', expected: 'a' })).toBe(false);
});

test('a chain breaks from the first row that was changed, dropped or swapped', () => {
  const chain = (rows: readonly string[]): string[] => {
    let previous: Buffer = CHAIN_GENESIS;
    return rows.map((row) => (previous = chainHash(previous, row)).toString('hex'));
  };
  const whole = chain(['a', 'b', 'c']);

  expect(chain(['a', 'x', 'c']).map((hash, at) => hash === whole[at])).toEqual([true, false, false]);
  expect(chain(['a', 'c'])).not.toContain(whole[2]);
  expect(chain(['b', 'a', 'c'])).not.toContain(whole[2]);
  expect(() => chainHash(Buffer.alloc(31), 'a')).toThrow(RangeError);
});
