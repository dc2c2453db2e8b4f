import helmet from '@fastify/helmet';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type FastifyInstance } from 'fastify';
// The package's main file would load the whole user interface, which only browsers want.
import absolutePath from 'swagger-ui-dist/absolute-path';

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Integration Hub API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="ui"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>`;

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#ui', deepLinking: true, tryItOutEnabled: true, persistAuthorization: true });`;

const CONTENT_SECURITY_POLICY = {
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    upgradeInsecureRequests: null,
  },
};

/**
 * `/openapi.json` and a try-it reference at `/docs`, from this server alone: nothing is loaded from elsewhere. A page's
 * security headers are made for pages only; they cost a tenth of a request, and JSON has no use for them.
 */
export async function installDocsPages(fastify: FastifyInstance, document: string, overTls: boolean): Promise<void> {
  // As bytes: with a character outside Latin-1 in it, the text would take twice as much for as long as the process runs.
  const json = Buffer.from(document);
  await fastify.register(async (pages) => {
    await pages.register(helmet, { contentSecurityPolicy: CONTENT_SECURITY_POLICY, hsts: overTls });
    const serve = (url: string, type: string, body: string | Buffer): void => {
      pages.get(url, (_request, reply) => reply.header('content-type', type).send(body));
    };
    serve('/openapi.json', 'application/json; charset=utf-8', json);
    serve('/docs', 'text/html; charset=utf-8', PAGE);
    serve('/docs/start.js', 'text/javascript; charset=utf-8', START);
    for (const [name, type] of Object.entries(ASSETS)) {
      // Two megabytes that hardly any process is ever asked for.
      pages.get(`/docs/${name}`, async (_request, reply) =>
        reply.header('content-type', type).send(await readFile(path.join(absolutePath(), name))),
      );
    }
  });
}
