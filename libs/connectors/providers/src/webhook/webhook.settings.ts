import { type ConfigProblem } from '@hub/connector-sdk';
import { isSendableHeader, pointerToken, type JsonObject } from '@hub/platform';

export interface WebhookSettings {
  readonly url: string;
  readonly secret: string;
  readonly previous_secret?: string;
  readonly previous_secret_until?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Written by the hub itself. */
const OWNED_HEADERS = new Set([
  'content-type',
  'traceparent',
  'tracestate',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
]);

/** Both have passed the manifest's schemas. */
export function webhookSettings(config: JsonObject, credentials: JsonObject): WebhookSettings {
  return { ...config, ...credentials } as unknown as WebhookSettings;
}

/** What the schemas cannot say. Both values have passed them. */
export function checkWebhook(config: JsonObject, credentials: JsonObject): readonly ConfigProblem[] {
  const { url, headers = {} } = webhookSettings(config, credentials);
  return [...urlProblems(url), ...headerProblems(headers)];
}

function* urlProblems(url: string): Generator<ConfigProblem> {
  const problem = (message: string): ConfigProblem => ({ pointer: '/config/url', code: 'invalid_url', message });
  if (!URL.canParse(url)) {
    yield problem('The URL cannot be parsed');
    return;
  }
  const { protocol, username, password, hash } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') yield problem('Only http and https URLs are called');
  if (username !== '' || password !== '') yield problem('Credentials do not belong in a URL; send them as a header');
  if (hash !== '') yield problem('A fragment is never sent');
}

function* headerProblems(headers: Readonly<Record<string, string>>): Generator<ConfigProblem> {
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    const pointer = `/credentials/headers/${pointerToken(name)}`;
    if (!isSendableHeader(name, value) || OWNED_HEADERS.has(lower))
      yield { pointer, code: 'header', message: 'This header is written by the hub or cannot be sent' };
    if (seen.has(lower)) yield { pointer, code: 'duplicate', message: 'This header is given twice' };
    seen.add(lower);
  }
}
