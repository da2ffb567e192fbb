import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { FastifyInstance } from 'fastify';

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Jinku API</title><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="page"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`;
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#page', deepLinking: true, persistAuthorization: false });\n`;
const LINKS = JSON.stringify({ name: 'Jinku', document: '/openapi.json', page: '/docs', health: '/health/ready', signIn: '/v1/auth/login' });

/** Everything comes from here: no other origin is asked for a script, a style or a font. */
const PAGE_POLICY = `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** The page on which the API can be tried. */
export function registerApiPage(server: FastifyInstance): void {
  const require = createRequire(import.meta.url);
  const asset = (name: string): (() => Buffer) => {
    let content: Buffer | undefined;
    return () => (content ??= readFileSync(require.resolve(`swagger-ui-dist/${name}`)));
  };
  const serve = (url: string, { type, content }: { type: string; content: () => string | Buffer }): void => {
    server.get(url, (_request, reply) => reply.header('content-type', type).header('content-security-policy', PAGE_POLICY).send(content()));
  };
  serve('/', { type: 'application/json', content: () => LINKS });
  serve('/docs', { type: 'text/html; charset=utf-8', content: () => PAGE });
  serve('/docs/start.js', { type: 'text/javascript; charset=utf-8', content: () => START });
  serve('/docs/swagger-ui.css', { type: 'text/css; charset=utf-8', content: asset('swagger-ui.css') });
  serve('/docs/swagger-ui-bundle.js', { type: 'text/javascript; charset=utf-8', content: asset('swagger-ui-bundle.js') });
}
