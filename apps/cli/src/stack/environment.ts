import { SERVICE_NAMES, SIMULATOR, type Ports, type Profile } from './service-names.ts';

export type Variables = Readonly<Record<string, string>>;

/** What a process of the machine needs besides our own variables. Nothing else of the user's environment reaches the services. */
const SYSTEM_VARIABLES = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'NODE_EXTRA_CA_CERTS'];

const DEFAULTS: Variables = { JINKU_JOBS: 'on', JINKU_SIGNER: 'hmac-sm3', JINKU_LOG_LEVEL: 'info' };

export interface Addresses {
  readonly profile: Profile;
  readonly ports: Ports;
  readonly secret: string;
  readonly keysDir: string;
}

/**
 * The variables of every process of one stack. What the user has set under JINKU_ wins over the defaults, the addresses of this very stack win over
 * both, and the caller's own `overrides` win over all.
 */
export function stackVariables(addresses: Addresses, { user, overrides }: { user: NodeJS.ProcessEnv; overrides: Variables }): Variables {
  const given = Object.entries(user).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && (entry[0].startsWith('JINKU_') || SYSTEM_VARIABLES.includes(entry[0])),
  );
  return { NODE_ENV: 'production', TZ: 'UTC', ...DEFAULTS, ...Object.fromEntries(given), ...addressVariables(addresses), ...overrides };
}

function addressVariables({ profile, ports, secret, keysDir }: Addresses): Variables {
  const services = SERVICE_NAMES.flatMap((name) => {
    const prefix = `JINKU_${name.toUpperCase()}`;
    return [
      [`${prefix}_PORT`, String(ports[name])],
      [`${prefix}_URL`, httpUrl(ports[name])],
    ];
  });
  return {
    JINKU_PROFILE: profile,
    JINKU_DATABASE_URL: `postgres://127.0.0.1:${ports.postgres}/jinku`,
    JINKU_DATABASE_ADMIN: 'postgres',
    JINKU_DATABASE_SECRET: secret,
    JINKU_KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
    JINKU_REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
    JINKU_KEYS_DIR: keysDir,
    JINKU_BANK_ALPHA_URL: httpUrl(ports[SIMULATOR]),
    JINKU_BANK_BETA_URL: httpUrl(ports[SIMULATOR]),
    JINKU_CENTRAL_BANK_URL: httpUrl(ports[SIMULATOR]),
    JINKU_NETSUNION_URL: httpUrl(ports[SIMULATOR]),
    JINKU_UNIONPAY_URL: httpUrl(ports[SIMULATOR]),
    JINKU_RAILS_DATABASE_URL: `postgres://127.0.0.1:${ports.postgres}/jinku_rails`,
    JINKU_RAILS_PORT: String(ports[SIMULATOR]),
    JINKU_RAILS_NOTICE_URL: `${httpUrl(ports.gateway)}/notices/netsunion`,
    JINKU_RAILS_UNIONPAY_NOTICE_URL: `${httpUrl(ports.gateway)}/notices/unionpay`,
    ...(Object.fromEntries(services) as Variables),
  };
}

export function httpUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}
