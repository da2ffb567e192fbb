/** Injection tokens of the things that are interfaces, not classes. */
export const CLOCK = Symbol('jinku:clock');
export const EVENT_LOG = Symbol('jinku:event-log');
export const MESSAGE_LOG = Symbol('jinku:message-log');
export const PLATFORM_CONFIG = Symbol('jinku:platform-config');
export const SERVICE_NAME = Symbol('jinku:service-name');
export const TOKEN_VERIFIER = Symbol('jinku:token-verifier');
