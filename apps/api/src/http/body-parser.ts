import { type Readable } from 'node:stream';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import secureJson from 'secure-json-parse';
import { problem, type Problem } from '@hub/platform';
import { HubProblem } from './hub-problem';
import { jsonFault } from './json-fault';
import { brokenBound, type JsonBounds } from './raw-json';

export const EVENT_BODY_LIMIT = 256 * 1024;
const BATCH_BODY_LIMIT = 16 * 1024 * 1024;
/** What fits into one event's bytes is little enough but for its members, which cost most. */
const EVENT_BOUNDS: JsonBounds = {
  maxDepth: 32,
  maxMembers: 10_000,
  maxEntries: Infinity,
  maxOuterEntries: Infinity,
};
/** Twice the events that a batch may have are counted, so that one with a few too many is told so by name. */
const BATCH_BOUNDS: JsonBounds = {
  maxDepth: 34,
  maxMembers: 1_000_000,
  maxEntries: 1_000_000,
  maxOuterEntries: 2_000,
};
const EVENT_PATH = '/v1/events';
const BATCH_PATH = '/v1/events/batch';
/** Of callers who are not known before their body is read. */
const STRANGER_BODY_LIMIT = 16 * 1024;
/** What vendors call. Their signatures are over the bytes, so no body is read there but by who verifies it. */
const HOOKS_PATH = '/hooks/';
/** Where the one form of the hub is sent that no script sends. It has no fields. */
const FORM_PATH = '/oauth/start/';
const HOOK_BODY_LIMIT = 4 * 1024 * 1024;
/** Of all hooks whose bodies are being read: anybody can send some, and the memory is everybody's. Vendors come again. */
const HOOK_BYTES_AT_ONCE = 32 * 1024 * 1024;

/** Of those from one address: who leaves calls unfinished must not shut all vendors out. */
const HOOK_BYTES_OF_ADDRESS = 8 * 1024 * 1024;

/** Bytes of bodies that are being read. */
interface HeldHooks {
  held: number;
  readonly byAddress: Map<string, number>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came, for those who must keep it byte for byte. */
    rawText?: string;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

type Done = (error: Error | null, parsed?: unknown) => void;

/**
 * JSON only, as UTF-8, within bounds of size, depth and number of members, and never with a `__proto__` in it.
 * Bytes are counted as they come, for a body may say nothing of its length; what no route takes is not read at all.
 */
export function installBodyParser(fastify: FastifyInstance): void {
  const hooks: HeldHooks = { held: 0, byAddress: new Map() };
  const parse = (request: FastifyRequest, payload: Readable, done: Done): void => {
    if (request.is404) done(null);
    else if (request.url.startsWith(HOOKS_PATH)) readHookBody(payload, request.ip, hooks, done);
    else readJson(request, payload, done);
  };
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(['application/json', 'application/cloudevents+json'], parse);
  // Vendors say whatever type they like. Anywhere else an unknown type is refused before a byte of it is read.
  fastify.addContentTypeParser('*', (request: FastifyRequest, payload: Readable, done: Done) => {
    if (request.is404 || request.url.startsWith(HOOKS_PATH)) parse(request, payload, done);
    else if (request.url.startsWith(FORM_PATH)) readBody(payload, (size) => (size > 0 ? tooLarge(0) : null), done);
    else done(Object.assign(new Error('unsupported media type'), { statusCode: 415 }));
  });
}

function readJson(request: FastifyRequest, payload: Readable, done: Done): void {
  const refused = otherKind(request);
  if (refused !== null) return done(new HubProblem(refused));
  const limit = bodyLimitOf(request.url);
  readBody(
    payload,
    (size) => (size > limit ? tooLarge(limit) : null),
    (error, body) => {
      if (body === null) return done(error);
      try {
        done(null, parseBody(request, body, limit));
      } catch (fault) {
        done(fault as Error);
      }
    },
  );
}

/** A body that is not plain UTF-8, or no JSON of ours, by its own headers: nobody is to guess what was meant, though the bytes may look right. */
function otherKind({ headers, url }: FastifyRequest): Problem | null {
  const encoding = headers['content-encoding'] ?? '';
  if (!/^(identity)?$/i.test(encoding))
    return problem('unsupported_media_type', 'unsupported_content_encoding', 'Send the body as it is, not compressed.');
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset))
    return problem('unsupported_media_type', 'unsupported_media_type', 'JSON is taken in UTF-8 alone.');
  if (/^application\/cloudevents/i.test(headers['content-type'] ?? '') && url.split('?')[0] !== EVENT_PATH)
    return problem(
      'unsupported_media_type',
      'unsupported_media_type',
      'A CloudEvent is taken at POST /v1/events alone.',
    );
  return null;
}

function readHookBody(payload: Readable, address: string, hooks: HeldHooks, done: Done): void {
  let own = 0;
  const refusal = (size: number): Problem | null => {
    hooks.held += size - own;
    const ofAddress = (hooks.byAddress.get(address) ?? 0) + size - own;
    hooks.byAddress.set(address, ofAddress);
    own = size;
    if (size > HOOK_BODY_LIMIT) return tooLarge(HOOK_BODY_LIMIT);
    return hooks.held > HOOK_BYTES_AT_ONCE || ofAddress > HOOK_BYTES_OF_ADDRESS ? TOO_MANY_HOOKS : null;
  };
  readBody(payload, refusal, (error, body) => {
    hooks.held -= own;
    const left = (hooks.byAddress.get(address) ?? 0) - own;
    if (left > 0) hooks.byAddress.set(address, left);
    else hooks.byAddress.delete(address);
    done(error, body);
  });
}

/**
 * What Fastify's own reader does, with a bound that goes by who is calling.
 * @param refusal of a body that has this size so far
 */
function readBody(
  payload: Readable,
  refusal: (size: number) => Problem | null,
  done: (error: Error | null, body: Buffer | null) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const settle = (error: Error | null): void => {
    payload.off('data', onData).off('end', onEnd).off('error', onError);
    done(error, error === null ? Buffer.concat(chunks, size) : null);
  };
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    const refused = refusal(size);
    if (refused === null) chunks.push(chunk);
    else settle(new HubProblem(refused));
  };
  const onEnd = (): void => settle(null);
  // The caller has gone: nobody reads the answer, and the hub is not at fault.
  const onError = (error: Error): void => settle(Object.assign(error, { statusCode: 400 }));
  payload.on('data', onData).on('end', onEnd).on('error', onError);
}

const TOO_MANY_HOOKS = problem('unavailable', 'overloaded', 'More calls of vendors are coming in than can be held.', {
  retryAfterSeconds: 1,
});

/** Where who is calling is settled before a body is read. By the path as it was written: another spelling has no caller. */
export function needsKey(url: string): boolean {
  return url.startsWith('/v1/') || url.startsWith('/admin/');
}

export function bodyLimitOf(url: string): number {
  if (url.startsWith(HOOKS_PATH)) return HOOK_BODY_LIMIT;
  if (!needsKey(url)) return STRANGER_BODY_LIMIT;
  return url.split('?')[0] === BATCH_PATH ? BATCH_BODY_LIMIT : EVENT_BODY_LIMIT;
}

function parseBody(request: FastifyRequest, body: Buffer, limit: number): unknown {
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
