import { createServer, connect } from 'node:net';
import { PortClaims } from './port-claims.ts';

let ownClaims: PortClaims | undefined;

/** Whether nobody listens on that port of the loopback address. */
export async function isPortFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Some port that is free now, and that no other process is given while this one lives. */
export async function freePort(): Promise<number> {
  ownClaims ??= new PortClaims();
  for (;;) {
    const port = await offeredPort();
    if (ownClaims.isNew(port) && ownClaims.claim(port)) return port;
  }
}

async function offeredPort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

/** Waits until something accepts connections on the port; false when `withinMs` is over or `hasFailed` says so first. */
export async function waitForPort(port: number, { withinMs, hasFailed }: { withinMs: number; hasFailed: () => boolean }): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline && !hasFailed()) {
    if (await accepts(port)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
