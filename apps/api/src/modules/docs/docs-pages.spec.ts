import { fastify } from 'fastify';
import { installDocsPages } from './docs-pages';

// The whole user interface for browsers, which took a server a tenth of its start to load.
jest.mock('swagger-ui-dist', () => {
  throw new Error('the main file was loaded');
});

it('the pages are served without loading what they serve', async () => {
  const server = fastify();
  await installDocsPages(server, '{"openapi":"3.1.0"}', false);
  const script = await server.inject('/docs/swagger-ui-bundle.js');
  expect([script.statusCode, script.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8']);
  expect(script.body.length).toBeGreaterThan(100_000);
  expect((await server.inject('/openapi.json')).json()).toEqual({ openapi: '3.1.0' });
  await server.close();
});
