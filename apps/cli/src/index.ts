export { CHECKOUT } from './stack/checkout.ts';
export { SERVICE_NAMES } from './stack/service-names.ts';
export type { Profile, ServiceName } from './stack/service-names.ts';
export { AlreadyRunning, ownStateDir, startStack } from './stack/stack.ts';
export type { Stack, StackOptions, StackProcessName } from './stack/stack.ts';
export type { ListedPart } from './stack/state-file.ts';
export type { ProcessEvent } from './stack/supervised-process.ts';
