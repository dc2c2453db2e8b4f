import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { type HmacAuth, type HttpCredentials } from './http.config';

/** What a signature may cover. */
export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly idempotencyKey: string;
  /** Of this attempt, in milliseconds. */
  readonly nowMs: number;
}

const PLACEHOLDERS = {
  signed: ['body', 'timestamp', 'method', 'url', 'path', 'idempotency_key'],
  format: ['signature', 'timestamp'],
} as const;

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** Why a template cannot be used, or null. */
export function checkTemplate(template: string | undefined, kind: keyof typeof PLACEHOLDERS): string | null {
  if (template === undefined) return null;
  const known: readonly string[] = PLACEHOLDERS[kind];
  for (const [whole, name] of template.matchAll(PLACEHOLDER)) {
    if (!known.includes(name!)) return `${whole} is not known here; use ${known.map((each) => `{${each}}`).join(', ')}`;
  }
  if (kind === 'format' && !template.includes('{signature}')) return 'The header must contain {signature}';
  if (kind === 'format' && /[^\x20-\x7e]/.test(template)) return 'Only printable ASCII can stand in a header';
  return null;
}

export function hmacHeaders(auth: HmacAuth, secret: string, request: SignedRequest): Record<string, string> {
  const url = new URL(request.url);
  const timestamp = seconds(request.nowMs);
  const signed = fill(auth.signed ?? '{body}', {
    body: request.body,
    timestamp,
    method: request.method,
    url: request.url,
    path: url.pathname + url.search,
    idempotency_key: request.idempotencyKey,
  });
  const key = Buffer.from(secret, auth.secret_encoding ?? 'utf8');
  const signature = createHmac(auth.algorithm ?? 'sha256', key)
    .update(signed)
    .digest(auth.encoding ?? 'hex');
  return {
    [(auth.header ?? 'X-Signature').toLowerCase()]: fill(auth.format ?? '{signature}', { signature, timestamp }),
    ...(auth.timestamp_header === undefined ? {} : { [auth.timestamp_header.toLowerCase()]: timestamp }),
  };
}

/**
 * Standard Webhooks: the id stays the same over retries, the timestamp is the attempt's, and while a secret is being
 * replaced both sign, so that receivers change over whenever they like.
 */
export function webhookHeaders(credentials: HttpCredentials, request: SignedRequest): Record<string, string> {
  const at = new Date(request.nowMs);
  const signatures = [credentials.webhook_secret, credentials.previous_webhook_secret]
    .filter((secret) => secret !== undefined)
    .map((secret) => new Webhook(secret).sign(request.idempotencyKey, at, request.body));
  return { 'webhook-timestamp': seconds(request.nowMs), 'webhook-signature': signatures.join(' ') };
}

function seconds(ms: number): string {
  return String(Math.floor(ms / 1000));
}

/** One pass: braces inside a value (a JSON body is full of them) are not looked at again. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(PLACEHOLDER, (_whole, name: string) => values[name] ?? '');
}
