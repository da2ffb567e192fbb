/** In the order of their start: the gateway last, because it opens the door. */
export const SERVICE_NAMES = ['accounts', 'ledger', 'quotas', 'payouts', 'transfers', 'audit', 'gateway'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Plays the rails; it is not ours and stands apart: own process, own database, also in the embedded profile. */
export const SIMULATOR = 'rail-simulator';
/** The process that holds every service in the embedded profile. */
export const TREASURY = 'treasury';

export type Profile = 'embedded' | 'cluster';

export const PORT_NAMES = ['gateway', 'accounts', 'ledger', 'quotas', 'payouts', 'transfers', 'audit', SIMULATOR, 'postgres', 'kafka', 'kafka-controller', 'redis'] as const;
export type PortName = (typeof PORT_NAMES)[number];
export type Ports = Readonly<Record<PortName, number>>;
