import { aSigningPair, anEcdsaPair } from './key-pairs.builder.ts';
import { SigningPool } from './signing-pool.ts';

test('a thread that dies fails the work it had, and the next work gets a new thread', async () => {
  const { privateKeyPem } = anEcdsaPair();
  const pool = new SigningPool({ purpose: 'SIGN', key: { algorithm: 'SM2-SM3', keyId: 'k1', privateKeyPem } }, 1);

  const answers = await Promise.allSettled([pool.run('first'), pool.run('second')]);

  expect(answers.map((answer) => answer.status)).toEqual(['rejected', 'rejected']);
  await expect(pool.run('third')).rejects.toThrow('a signing thread ended');
  await pool.close();
});

test('closing fails what is waiting and refuses what comes after', async () => {
  const pool = new SigningPool({ purpose: 'SIGN', key: aSigningPair('RSA2048-SHA256').signing }, 2);
  const waiting = Promise.allSettled([pool.run('first'), pool.run('second'), pool.run('third')]);

  await pool.close();

  expect((await waiting).map((answer) => answer.status)).toEqual(['rejected', 'rejected', 'rejected']);
  await expect(pool.run('fourth')).rejects.toThrow('closed');
});

test('a pool without threads is refused', () => {
  expect(() => new SigningPool({ purpose: 'SIGN', key: aSigningPair('RSA2048-SHA256').signing }, 0)).toThrow(RangeError);
});
