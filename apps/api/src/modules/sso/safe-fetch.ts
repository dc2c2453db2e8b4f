import { type CustomFetch } from 'openid-client';
import { type SafeHttp, type SafeHttpFailure } from '@hub/platform';

/** A call to a provider that got no answer. */
export class ProviderUnreachable extends Error {
  constructor(readonly kind: SafeHttpFailure['kind']) {
    super(`the identity provider gave no answer: ${kind}`);
    this.name = 'ProviderUnreachable';
  }
}

const TIMEOUT_MS = 10_000;
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * What the OpenID client calls providers with. A tenant says where they are, so each call goes through the wall that keeps
 * tenants' addresses out of the operator's network, and no redirect is followed.
 * @throws ProviderUnreachable for whatever is not an answer: the client takes no `Result`
 */
export function safeFetch(http: SafeHttp): CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    const answered = await http.request({
      method,
      url,
      headers,
      timeoutMs: TIMEOUT_MS,
      ...(body === undefined || body === null ? {} : { body: textOf(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (!answered.ok) throw new ProviderUnreachable(answered.error.kind);
    const { status, headers: answerHeaders, body: bytes } = answered.value;
    return new Response(WITHOUT_BODY.has(status) ? null : new Uint8Array(bytes), { status, headers: answerHeaders });
  };
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new Error('the OpenID client sent a body that is no form');
}
