import {
  createScrubber,
  excerptBody,
  redactHeaders,
  redactUrl,
  type Json,
  type JsonObject,
  type Result,
  type SafeHttpFailure,
  type SafeHttpRequest,
  type SafeHttpResponse,
  type Scrubber,
} from '@hub/platform';
import { type ConnectorError } from './connector-error';
import { type WireExchange } from './connector';

/** Bytes of a body that are kept for support. */
export const EXCERPT_BYTES = 8 * 1024;

/** Longest credential that is still hidden when the cut goes through it; private keys are the longest in use. */
const LONGEST_SECRET = 16 * 1024;

const TEXTUAL = /^(text\/|application\/(.*\+)?(json|xml|x-www-form-urlencoded|javascript|problem\+json))|charset=/i;

/** Turns calls into what may be stored and shown: names and values of secrets are gone, bodies are cut. */
export interface ExchangeRecorder {
  /** `headers` and `url` as sent; `result` as it came back. */
  record(request: SafeHttpRequest, result: Result<SafeHttpResponse, SafeHttpFailure>): WireExchange;
  /** For one record of a batch: bodies of that record alone instead of the whole call's. */
  part(
    exchange: WireExchange,
    part: {
      readonly index: number;
      readonly count: number;
      readonly request: string;
      readonly response: string | null;
    },
  ): WireExchange;
  /** Vendors repeat credentials in their messages: an error passes through here before it leaves the connector. */
  cleanError(error: ConnectorError): ConnectorError;
}

/** @param secrets every credential value, and what is derived from one (a basic header, a fetched token). */
export function createExchangeRecorder(secrets: readonly string[]): ExchangeRecorder {
  const scrub = createScrubber(secrets);
  const excerpt = (text: string): string => scrubbedExcerpt(text, scrub);
  return {
    record: (request, result) => ({
      request: {
        method: request.method,
        url: scrub(redactUrl(request.url)),
        headers: scrubValues(redactHeaders(request.headers ?? {}), scrub),
        body: request.body === undefined ? null : excerpt(request.body.toString()),
      },
      response: result.ok
        ? {
            status: result.value.status,
            headers: scrubValues(redactHeaders(result.value.headers), scrub),
            body: responseText(result.value, excerpt),
          }
        : null,
      durationMs: Math.round(result.ok ? result.value.durationMs : result.error.durationMs),
    }),
    part: (exchange, { index, count, request, response }) => ({
      request: { ...exchange.request, body: excerpt(request) },
      response:
        exchange.response === null || response === null
          ? exchange.response
          : { ...exchange.response, body: excerpt(response) },
      durationMs: exchange.durationMs,
      part: { index, count },
    }),
    cleanError: (error) => ({
      ...error,
      code: scrub(error.code),
      message: scrubbedExcerpt(error.message, scrub, MESSAGE_BYTES),
      ...(error.fields === undefined ? {} : { fields: error.fields.map(scrub) }),
    }),
  };
}

const MESSAGE_BYTES = 500;
const HEADER_BYTES = 1_024;

/** All strings in `credentials`, except those of the named members, which are no secrets (`instance_url`, `client_id`). */
export function secretsOf(credentials: JsonObject, publicMembers: readonly string[] = []): readonly string[] {
  const secrets: string[] = [];
  const collect = (value: Json | undefined): void => {
    if (typeof value === 'string') secrets.push(value, ...behindScheme(value));
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  for (const [name, value] of Object.entries(credentials)) if (!publicMembers.includes(name)) collect(value);
  return secrets;
}

/** Of a whole `Authorization` header what is secret by itself: a vendor that repeats it may leave out the scheme. */
function behindScheme(value: string): readonly string[] {
  const [, scheme = '', secret] = /^(bearer|basic|token|apikey|key) +(\S+)$/i.exec(value) ?? [];
  if (secret === undefined) return [];
  if (scheme.toLowerCase() !== 'basic') return [secret];
  const pair = Buffer.from(secret, 'base64').toString('utf8');
  return [secret, pair, pair.slice(pair.indexOf(':') + 1)];
}

/** Scrubs before it cuts, with room for a secret that straddles the cut: half a token is a leak too. */
function scrubbedExcerpt(text: string, scrub: Scrubber, maxBytes: number = EXCERPT_BYTES): string {
  const isLong = text.length > maxBytes + LONGEST_SECRET;
  const scrubbed = scrub(isLong ? text.slice(0, maxBytes + LONGEST_SECRET) : text);
  return excerptBody(scrubbed, maxBytes, isLong ? Buffer.byteLength(text) : undefined);
}

function responseText({ headers, body }: SafeHttpResponse, excerpt: (text: string) => string): string | null {
  if (body.length === 0) return null;
  const type = headers['content-type'] ?? '';
  // Without a type it is most often text after all.
  if (type !== '' && !TEXTUAL.test(type)) return `[${body.length} bytes of ${excerpt(type)}]`;
  return excerpt(body.toString('utf8'));
}

function scrubValues(headers: Record<string, string>, scrub: Scrubber): Record<string, string> {
  for (const name of Object.keys(headers)) headers[name] = scrubbedExcerpt(headers[name]!, scrub, HEADER_BYTES);
  return headers;
}
