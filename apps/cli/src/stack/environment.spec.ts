import { stackVariables, type Addresses } from './environment.ts';
import { PORT_NAMES, type Ports } from './service-names.ts';

const ports = Object.fromEntries(PORT_NAMES.map((name, index) => [name, 10_000 + index])) as Ports;
const addresses: Addresses = { profile: 'cluster', ports, secret: 'aa', keysDir: '/keys' };

test('every process is told where every other one is', () => {
  const variables = stackVariables(addresses, { user: {}, overrides: {} });

  expect(variables).toMatchObject({
    JINKU_PROFILE: 'cluster',
    JINKU_GATEWAY_URL: 'http://127.0.0.1:10000',
    JINKU_LEDGER_PORT: `${ports.ledger}`,
    JINKU_BANK_ALPHA_URL: `http://127.0.0.1:${ports['rail-simulator']}`,
    JINKU_BANK_BETA_URL: `http://127.0.0.1:${ports['rail-simulator']}`,
    JINKU_CENTRAL_BANK_URL: `http://127.0.0.1:${ports['rail-simulator']}`,
    JINKU_NETSUNION_URL: `http://127.0.0.1:${ports['rail-simulator']}`,
    JINKU_UNIONPAY_URL: `http://127.0.0.1:${ports['rail-simulator']}`,
    JINKU_RAILS_NOTICE_URL: 'http://127.0.0.1:10000/notices/netsunion',
    JINKU_RAILS_UNIONPAY_NOTICE_URL: 'http://127.0.0.1:10000/notices/unionpay',
    JINKU_DATABASE_URL: `postgres://127.0.0.1:${ports.postgres}/jinku`,
    JINKU_KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
    JINKU_REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
  });
});

test('a setting of the user wins over a default, the address of the stack over the user, the caller over all', () => {
  const user = { JINKU_SIGNER: 'sm2', JINKU_GATEWAY_PORT: '1', JINKU_JOBS: 'on' };

  const variables = stackVariables(addresses, { user, overrides: { JINKU_JOBS: 'off' } });

  expect(variables).toMatchObject({ JINKU_SIGNER: 'sm2', JINKU_GATEWAY_PORT: String(ports.gateway), JINKU_JOBS: 'off' });
});

test('secrets of the user that are not ours do not reach the services', () => {
  const variables = stackVariables(addresses, { user: { AWS_SECRET_ACCESS_KEY: 'x', PATH: '/bin' }, overrides: {} });

  expect(variables).not.toHaveProperty('AWS_SECRET_ACCESS_KEY');
  expect(variables).toMatchObject({ PATH: '/bin', TZ: 'UTC' });
});
