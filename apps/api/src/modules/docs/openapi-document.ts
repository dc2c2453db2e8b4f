import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { cleanupOpenApiDoc } from 'nestjs-zod';
import { ProblemResponse } from '../../http/openapi';
import { withCommonAnswers } from './common-answers';
import { withCommonHeaders } from './common-headers';

const BEARER = { type: 'http', scheme: 'bearer', bearerFormat: 'hub_…' } as const;
const IN_HEADER = { type: 'apiKey', in: 'header', name: 'X-API-Key' } as const;

/** Beside `apps` among the sources, and in what is built of them. */
const COMMITTED = path.resolve(__dirname, '..', '..', '..', '..', '..', 'openapi', 'openapi.json');

/** `openapi/openapi.json`, which CI has found to be what the code says: making it anew took a server nearly half of its start. */
export async function committedDocument(): Promise<string> {
  return JSON.stringify(JSON.parse(await readFile(COMMITTED, 'utf8')));
}

/** The API's description, made from the code. */
export function buildOpenApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Integration Hub API')
    .setVersion('1.0.0')
    .setOpenAPIVersion('3.1.0')
    .setDescription(
      'Send events, follow them, and configure where they go. Errors are RFC 9457 problem documents; every answer carries X-Request-Id. A method that a path does not have is answered 405 with Allow. See the guide in docs/.',
    )
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'This hub')
    .addBearerAuth({ ...BEARER, description: 'An API key: hub_live_… or hub_test_….' }, 'api_key')
    .addApiKey({ ...IN_HEADER, description: 'The same API key, for who cannot set Authorization.' }, 'api_key_header')
    .addBearerAuth({ ...BEARER, description: 'An operator key: hub_op_….' }, 'operator_key')
    .addApiKey({ ...IN_HEADER, description: 'The same operator key.' }, 'operator_key_header')
    .addTag('Events', 'Send events and see what became of them.')
    .addTag('Deliveries', 'Each event on its way through a route to a connection.')
    .build();
  const document = SwaggerModule.createDocument(app, config, { extraModels: [ProblemResponse] });
  return sorted(withCommonHeaders(withCommonAnswers(cleanupOpenApiDoc(document, { version: '3.1' }))));
}

/** Paths and schemas by name, so that the committed file changes only where the API does. */
function sorted(document: OpenAPIObject): OpenAPIObject {
  const byName = <T>(members: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(members).sort(([left], [right]) => (left < right ? -1 : 1)));
  return {
    ...document,
    paths: byName(document.paths),
    components: {
      ...document.components,
      schemas: byName(document.components?.schemas ?? {}),
      responses: byName(document.components?.responses ?? {}),
    },
  };
}
