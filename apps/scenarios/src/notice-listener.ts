import { createServer, type Server } from 'node:http';
import type { NoticeVerification, RailNotices } from '@jinku/connectors';

/** An institution's door for notices that keeps what the connector makes of each. The house sends one again until it is believed. */
export class NoticeListener {
  readonly url: string;
  readonly heard: NoticeVerification[] = [];
  readonly #server: Server;

  private constructor(port: number, notices: RailNotices) {
    this.url = `http://127.0.0.1:${port}${notices.path}`;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        void notices.verify(request.headers, Buffer.concat(chunks)).then((verified) => {
          this.heard.push(verified);
          response.writeHead(verified.valid ? 200 : 401).end(JSON.stringify({ received: verified.valid }));
        });
      });
    });
  }

  static async at(port: number, notices: RailNotices): Promise<NoticeListener> {
    const listener = new NoticeListener(port, notices);
    await new Promise<void>((resolve) => listener.#server.listen(port, '127.0.0.1', resolve));
    return listener;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
