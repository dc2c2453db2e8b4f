import { type IncomingHttpHeaders } from 'node:http';

const REDACTED = '[redacted]';
const SECRET_HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key']);
const SECRET_NAMES =
  'client_secret|refresh_token|access_token|id_token|code|code_verifier|token|password|assertion|client_assertion|signature|oauth_token|sid';
const SECRET_NAME = new RegExp(`^(${SECRET_NAMES})$`);
const FORM_SECRET = new RegExp(`(^|[?&])(${SECRET_NAMES})=[^&]*`, 'g');
const JSON_SECRET = new RegExp(`"(${SECRET_NAMES})"\\s*:\\s*"(?:[^"\\\\]|\\\\.)*"`, 'g');
/** A Salesforce session id: organisation id, `!`, opaque part. It is a secret wherever it appears. */
const SESSION_SHAPE = /00D[0-9A-Za-z]{12,15}(?:!|%21)[\w.]+/g;

/** Secrets leave a trace that they were there, and of their scheme, never of their value. */
export function redactHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value.join(', ') : (value ?? '');
    const scheme = /^(\w+) \S/.exec(text)?.[1];
    shown[name] = SECRET_HEADERS.has(name) ? (scheme ? `${scheme} ${REDACTED}` : REDACTED) : redactText(text);
  }
  return shown;
}

/** For a query string, a form body or a JSON body alike. */
export function redactText(text: string): string {
  return text
    .replace(FORM_SECRET, `$1$2=${REDACTED}`)
    .replace(JSON_SECRET, `"$1":"${REDACTED}"`)
    .replace(SESSION_SHAPE, REDACTED);
}

/**
 * What a caller has proved themselves with: an answer that repeats it (faults are told to) is not written down that way
 * either.
 */
export function secretsSent(headers: IncomingHttpHeaders, body: string): string[] {
  const [, scheme = '', proof = ''] = /^(\w+) +(\S.*)$/.exec(headers.authorization ?? '') ?? [];
  const inForm = [...new URLSearchParams(body)].filter(([name]) => SECRET_NAME.test(name)).map(([, value]) => value);
  const inJson = [...body.matchAll(JSON_SECRET)].map(([member]) =>
    Object.values(JSON.parse(`{${member}}`) as Record<string, string>),
  );
  const pair = scheme.toLowerCase() === 'basic' ? Buffer.from(proof, 'base64').toString('utf8') : '';
  const [, token = ''] = /\boauth_token="([^"]+)"/.exec(proof) ?? [];
  return [proof, pair.slice(pair.indexOf(':') + 1), token, ...inForm, ...inJson.flat()];
}

/** Shorter values occur in ordinary text by chance. */
const SHORTEST_SECRET = 6;

/** Without these values, in whatever spelling. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let rest = text;
  for (const secret of secrets.filter(({ length }) => length >= SHORTEST_SECRET)) {
    const bytes = Buffer.from(secret);
    const base64 = bytes.toString('base64').replace(/=+$/, '');
    for (const spelling of [secret, encodeURIComponent(secret), base64, bytes.toString('base64url')])
      rest = rest.replaceAll(spelling, REDACTED);
  }
  return rest;
}
