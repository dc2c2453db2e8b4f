import { type IncomingHttpHeaders } from 'node:http';

const REDACTED = '[redacted]';
const SECRET_HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key']);
const SECRET_NAMES =
  'client_secret|refresh_token|access_token|id_token|code|code_verifier|token|password|assertion|client_assertion|signature|oauth_token|sid';
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
