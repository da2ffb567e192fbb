import { createHmac } from 'node:crypto';

/** Where PostgreSQL is, and the secret from which each role's password follows. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly secret: string;
  /** A password given for this process's own role; without it, it follows from the secret. */
  readonly password?: string;
}

/** Reads `postgres://host:port/database`. */
export function databaseAddress(url: string, secret: string, password?: string): DatabaseAddress {
  const parsed = new URL(url);
  return {
    host: parsed.hostname,
    port: Number(parsed.port || 5432),
    database: parsed.pathname.slice(1),
    secret,
    ...(password === undefined ? {} : { password }),
  };
}

/** The login role of a service. */
export function roleOf(serviceName: string): string {
  return `jinku_${serviceName}`;
}

/** Hex HMAC-SHA256 of the role's name under the installation's database secret, unless one was given. */
export function rolePassword(address: DatabaseAddress, role: string): string {
  return address.password ?? createHmac('sha256', address.secret).update(role).digest('hex');
}
