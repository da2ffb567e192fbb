import type { IncomingMessage, ServerResponse } from 'node:http';

/** The signed door of a rail: everything below its path. */
export interface RailDoor {
  readonly basePath: string;
  handle(request: IncomingMessage, body: string, response: ServerResponse): Promise<void>;
  /** The books could not be read or written: the outcome is unknown. */
  refuseBusy(request: IncomingMessage, response: ServerResponse): void;
}
