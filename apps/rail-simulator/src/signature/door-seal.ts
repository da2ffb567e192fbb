import type { IncomingMessage, ServerResponse } from 'node:http';

import type { HouseClock } from '../house-clock.ts';
import { nonceOf, sealedAnswer, signatureFaultOf, type SignatureFault } from './envelope.ts';
import type { HouseKeys } from './house-keys.ts';
import type { Signer } from './signing.ts';

export interface DoorSealOptions {
  readonly keys: HouseKeys;
  readonly strangersSigner: Signer;
  readonly institution: string;
  readonly clock: HouseClock;
}

/** What a door says: an HTTP status and the exact text that is signed. */
interface SealedText {
  readonly status: number;
  readonly body: string;
}

/** How a door knows its institution and signs what it says. */
export class DoorSeal {
  readonly #options: DoorSealOptions;

  constructor(options: DoorSealOptions) {
    this.#options = options;
  }

  /** Null when the institution has signed exactly this request. */
  faultOf({ method = '', url: path = '', headers }: IncomingMessage, body: string): SignatureFault | null {
    const { keys, institution, clock } = this.#options;
    return signatureFaultOf({ method, path, headers, body }, { keys, institution, wallNow: clock.wallNow() });
  }

  send(request: IncomingMessage, response: ServerResponse, answer: SealedText): void {
    const { keys } = this.#options;
    this.#seal(request, response, { ...answer, signer: keys.signers.get(String(request.headers['x-signature-algorithm'])) ?? keys.standard });
  }

  /** True, but signed by a stranger. */
  sendAsStranger(request: IncomingMessage, response: ServerResponse, answer: SealedText): void {
    this.#seal(request, response, { ...answer, signer: this.#options.strangersSigner });
  }

  #seal(request: IncomingMessage, response: ServerResponse, { status, body, signer }: SealedText & { signer: Signer }): void {
    if (response.headersSent || response.destroyed) return;
    const { institution, clock } = this.#options;
    const sealing = { signer, institution, wallNow: clock.wallNow() };
    const headers = sealedAnswer(sealing, { status, requestNonce: nonceOf(request.headers), body });
    // It says what HTTP/1.1 means without it.
    response.removeHeader('connection');
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  }
}
