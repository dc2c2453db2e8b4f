import { type OpenAPIObject } from '@nestjs/swagger';
import { describeProblem } from '../../http/openapi';
import { isKeyed, operationsOf, type Operation } from './common-answers';

type Headers = NonNullable<NonNullable<OpenAPIObject['components']>['headers']>;
type Response = Extract<Operation['responses'][string], { description: string }>;

const text = { type: 'string' } as const;
const HEADERS = {
  'X-Request-Id': {
    description: 'The caller’s, if it is 1 to 128 of `A–Z a–z 0–9 . _ : -`; else a new one. Quote it to support.',
    schema: { ...text, examples: ['req_01k9g8xv7hf2p9w3c5q6r7s8t9'] },
  },
  RateLimit: {
    description: 'What is left (`r`) and when there is more, in seconds (`t`): draft-ietf-httpapi-ratelimit-headers.',
    schema: { ...text, examples: ['"burst";r=1940;t=38'] },
  },
  'RateLimit-Policy': {
    description: 'The limits (`q`) and their windows in seconds (`w`).',
    schema: { ...text, examples: ['"sustained";q=1000;w=60, "burst";q=2000;w=60'] },
  },
  'Retry-After': { description: 'Seconds to wait before trying again.', schema: { type: 'integer', minimum: 0 } },
  Location: { description: 'Path of what was made or found.', schema: { ...text, format: 'uri-reference' } },
  'Idempotent-Replayed': {
    description: '`true` where this is the answer of an earlier request and nothing was done again; else it is absent.',
    schema: { ...text, enum: ['true'] },
  },
} satisfies Headers;

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'A repeat under the same key within 24 hours gets the first answer again and changes nothing (draft-ietf-httpapi-idempotency-key-header). Only successes are kept. Another request under it is 422; while the first still runs it is 409.',
  schema: { ...text, minLength: 1, maxLength: 255 },
} as const;

/** They make something that has no address of its own. */
const WITHOUT_LOCATION: ReadonlySet<string> = new Set([
  'cancelReplay',
  'createApiKey',
  'createUser',
  'inviteMember',
  'putConnectionHook',
  'rotateApiKey',
  'saveFilter',
  'sendEventBatch',
]);

/** Declares the headers that come from the way in, so that no controller can forget them. */
export function withCommonHeaders(document: OpenAPIObject): OpenAPIObject {
  const problems: Record<string, Response> = {};
  for (const { path, method, operation } of operationsOf(document)) {
    const keyed = isKeyed(path, method);
    if (keyed) operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_KEY];
    for (const [status, response] of Object.entries(operation.responses) as [string, Response][]) {
      response.headers = { ...response.headers, ...headersOf(operation, path, status, keyed) };
      const name = sharedName(status, response);
      if (name === null) continue;
      problems[name] = response;
      operation.responses[status] = { $ref: `#/components/responses/${name}` };
    }
    // The same key, in a header of its own.
    operation.security = operation.security?.flatMap((way) =>
      Object.keys(way).flatMap((name) => [{ [name]: [] }, { [`${name}_header`]: [] }]),
    );
  }
  return { ...document, components: { ...document.components, headers: HEADERS, responses: problems } };
}

/**
 * Nearly all problems of a status are the same: they are described once, by a name that tells which headers they have.
 * @returns `null` for an answer of an operation's own
 */
function sharedName(status: string, { description, content, headers = {} }: Response): string | null {
  const usual = describeProblem(Number(status));
  if (description !== usual.description || JSON.stringify(content) !== JSON.stringify(usual.content)) return null;
  const limited = 'RateLimit' in headers ? 'Limited' : '';
  const retried = 'Retry-After' in headers ? 'Retried' : '';
  return `Problem${status}${limited}${retried}`;
}

function headersOf(operation: Operation, path: string, status: string, keyed: boolean): Headers {
  const isSuccess = status.startsWith('2');
  const isSendEvent = operation.operationId === 'sendEvent';
  const isMade = status === '201' || status === '202';
  const names: (keyof typeof HEADERS)[] = ['X-Request-Id'];
  // Failures of authentication are billed to no tenant.
  if (path.startsWith('/v1/') && status !== '401' && status !== '403') names.push('RateLimit', 'RateLimit-Policy');
  if (status === '429' || status === '503' || (keyed && status === '409')) names.push('Retry-After');
  if ((isMade && !WITHOUT_LOCATION.has(operation.operationId ?? '')) || (isSendEvent && isSuccess))
    names.push('Location');
  if ((keyed && isSuccess) || (isSendEvent && status === '200')) names.push('Idempotent-Replayed');
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
