import { type FastifyInstance, type FastifyRequest } from 'fastify';
import secureJson from 'secure-json-parse';
import { problem, type Problem } from '@hub/platform';
import { HubProblem } from './hub-problem';
import { jsonFault } from './json-fault';
import { brokenBound } from './raw-json';

export const EVENT_BODY_LIMIT = 256 * 1024;
export const BATCH_BODY_LIMIT = 16 * 1024 * 1024;
const EVENT_BOUNDS = { maxDepth: 32, maxMembers: 10_000 };
const BATCH_BOUNDS = { maxDepth: 34, maxMembers: 1_000_000 };
const BATCH_PATH = '/v1/events/batch';
/** What vendors call. Their signatures are over the bytes, so no body is read there but by who verifies it. */
const HOOKS_PATH = '/hooks/';
export const HOOK_BODY_LIMIT = 4 * 1024 * 1024;

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came, for those who must keep it byte for byte. */
    rawText?: string;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * JSON only, as UTF-8, within bounds of size, depth and number of members, and never with a `__proto__` in it.
 * A body whose length is announced is refused before a byte of it is read.
 */
export function installBodyParser(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    ['application/json', 'application/cloudevents+json'],
    { parseAs: 'buffer', bodyLimit: BATCH_BODY_LIMIT },
    (request: FastifyRequest, body: Buffer, done: (error: Error | null, parsed?: unknown) => void) => {
      try {
        done(null, parseBody(request, body));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  fastify.addContentTypeParser('*', (request: FastifyRequest, payload: AsyncIterable<Buffer>) =>
    readHookBody(request, payload),
  );
}

/** Whatever type a vendor says its call has. Anywhere else an unknown type is refused before a byte of it is read. */
async function readHookBody(request: FastifyRequest, payload: AsyncIterable<Buffer>): Promise<Buffer> {
  if (!request.url.startsWith(HOOKS_PATH))
    throw Object.assign(new Error('unsupported media type'), { statusCode: 415 });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of payload) {
    size += chunk.length;
    if (size > HOOK_BODY_LIMIT) throw new HubProblem(tooLarge(HOOK_BODY_LIMIT));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function bodyLimitOf(url: string): number {
  if (url.startsWith(HOOKS_PATH)) return HOOK_BODY_LIMIT;
  return url.split('?')[0] === BATCH_PATH ? BATCH_BODY_LIMIT : EVENT_BODY_LIMIT;
}

function parseBody(request: FastifyRequest, body: Buffer): unknown {
  const limit = bodyLimitOf(request.url);
  if (body.length > limit) throw new HubProblem(tooLarge(limit));
  if (request.url.startsWith(HOOKS_PATH)) return body;
  // No body at all, as DELETE and some POST send with a content type.
  if (body.length === 0) return undefined;
  const text = decode(body);
  const broken = brokenBound(text, limit === BATCH_BODY_LIMIT ? BATCH_BOUNDS : EVENT_BOUNDS);
  if (broken !== null)
    throw new HubProblem(
      problem('bad_request', broken, 'The JSON nests deeper, or has more members, than the hub takes.'),
    );
  request.rawText = text;
  try {
    return secureJson.parse(text, undefined, { protoAction: 'error', constructorAction: 'error' });
  } catch {
    throw new HubProblem(invalidJson(text));
  }
}

/** Nothing of the text is repeated: problems end in logs, and payloads do not belong there. */
function invalidJson(text: string): Problem {
  const fault = jsonFault(text);
  if (fault === null)
    return problem(
      'bad_request',
      'invalid_json',
      'The body has a member "__proto__", or a constructor with a prototype.',
    );
  const { line, column } = fault;
  return problem('bad_request', 'invalid_json', `The body is not valid JSON from line ${line}, column ${column}.`, {
    extra: { line, column },
  });
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new HubProblem(problem('bad_request', 'invalid_encoding', 'The body is not valid UTF-8.'));
  }
}

export function tooLarge(limit: number): ReturnType<typeof problem> {
  return problem('too_large', 'body_too_large', `The body is larger than ${limit} bytes.`);
}
