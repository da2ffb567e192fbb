import type { KafkaConfig } from 'kafkajs';

/** How a client proves itself to the brokers, and whether the wire is encrypted. */
export interface KafkaSecurity {
  readonly isEncrypted: boolean;
  /** SASL/SCRAM-SHA-512; null where the brokers ask for none. */
  readonly login: { readonly username: string; readonly password: string } | null;
}

/** A private authority is trusted by Node's own `NODE_EXTRA_CA_CERTS`. */
export function securityConfig({ isEncrypted, login }: KafkaSecurity): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  return { ssl: isEncrypted, ...(login === null ? {} : { sasl: { mechanism: 'scram-sha-512' as const, ...login } }) };
}
