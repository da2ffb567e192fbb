import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import type { Clock } from '@jinku/calendar';
import { createSigner, createVerifier, type Signer, type Verifier } from '@jinku/security';

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly nonce: string;
  readonly body: string;
  readonly isSigned: boolean;
}

export type Reply = (heard: Heard, response: ServerResponse, socket: Socket) => void;

const secret = randomBytes(32);
export const institutionSigner: Signer = createSigner({ algorithm: 'HMAC-SM3', keyId: 'inst-1', secret });
export const houseSigner: Signer = createSigner({ algorithm: 'HMAC-SM3', keyId: 'house-1', secret });
export const houseVerifier: Verifier = createVerifier({ algorithm: 'HMAC-SM3', keyId: 'house-1', secret });
const institutionVerifier = createVerifier({ algorithm: 'HMAC-SM3', keyId: 'inst-1', secret });

/** A clearing house for specs that answers as told, byte for byte, and remembers what it heard. */
export class ScriptedHouse {
  readonly heard: Heard[] = [];
  readonly #server: Server;
  readonly #clock: Clock;
  reply: Reply = () => undefined;
  /** What the house checks the institution's signatures with. */
  verifier: Verifier = institutionVerifier;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#server = createServer((request, response) => void this.#hear(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Answers with this status and text, signed by this signer for the request's nonce. */
  answer(
    response: ServerResponse,
    given: { heard: Heard; status?: number; body: string; signer?: Signer; requestNonce?: string; timestampMs?: number },
  ): void {
    const { heard, status = 200, body, signer = houseSigner, requestNonce = heard.nonce, timestampMs = this.#clock.wallNow() } = given;
    const nonce = 'house-nonce';
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-signature-algorithm': signer.algorithm,
      'x-key-id': signer.keyId,
      'x-timestamp': String(timestampMs),
      'x-nonce': nonce,
      'x-signature': signer.sign(`${status}\n${timestampMs}\n${nonce}\n${requestNonce}\n${body}`),
    });
    response.end(body);
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const { method = '', url: path = '', headers } = request;
    const nonce = String(headers['x-nonce']);
    const signed = `${method}\n${path}\n${String(headers['x-timestamp'])}\n${nonce}\n${body}`;
    const heard = { method, path, nonce, body, isSigned: this.verifier.verify(signed, String(headers['x-signature'])) };
    this.heard.push(heard);
    this.reply(heard, response, request.socket);
  }
}
