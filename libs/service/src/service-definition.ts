import type { DynamicModule, INestApplication } from '@nestjs/common';
import type { MigrationClass } from '@jinku/persistence';
import type { Environment, PlatformConfig } from './platform-config.ts';
import type { TokenVerifier } from './service-token.guard.ts';

/** All that tells one service from another; `bootService` does the rest. */
export interface ServiceDefinition {
  /** Also its schema, and with `jinku_` before it its database role. */
  readonly name: string;
  readonly sentence: string;
  readonly entities?: readonly (new () => unknown)[];
  readonly migrations: readonly MigrationClass[];
  /** The service's own wiring; it may inject everything that PlatformModule provides. Throws ConfigurationError. */
  readonly module: (environment: Environment, platform: PlatformConfig) => DynamicModule;
  readonly bodyBytesMax: number;
  /** Who may come in; without it, bearers of the gateway's tokens. */
  readonly tokenVerifier?: (environment: Environment, platform: PlatformConfig) => TokenVerifier;
  /** Settings of the HTTP server that are not routes, made before it listens. */
  readonly prepare?: (app: INestApplication, platform: PlatformConfig) => Promise<void>;
}

/** `JINKU_LEDGER_PORT` of `ledger`. */
export function portVariable(serviceName: string): string {
  return `JINKU_${serviceName.toUpperCase().replaceAll('-', '_')}_PORT`;
}
