import { errorOfStatus, type ConnectorError, type ErrorCategory } from '@hub/connector-sdk';
import { type SafeHttpResponse } from '@hub/platform';

export const UNREADABLE_ANSWER: ConnectorError = {
  category: 'transient',
  code: 'unreadable_answer',
  message: 'NetSuite answered with something else than the API promises, most likely a maintenance page',
};

/**
 * A refused login comes at once. After this long it is the account's concurrency limit in disguise: calls above it were
 * seen to hang for a minute and then to fail as if their credentials were wrong.
 */
const DISGUISED_LIMIT_MS = 30_000;

const CATEGORY_OF_CODE: Readonly<Record<string, ErrorCategory>> = {
  INSUFFICIENT_PERMISSION: 'permission',
  NONEXISTENT_ID: 'not_found',
  RCRD_DSNT_EXIST: 'not_found',
  NONEXISTENT_RECORD_TYPE: 'config',
  INVALID_URL: 'config',
  INVALID_HEADER: 'config',
  METHOD_NOT_ALLOWED: 'config',
  FEATURE_DISABLED: 'config',
  UNIQUE_CUST_ID_REQD: 'duplicate',
  CONTACT_ALREADY_EXISTS: 'duplicate',
  RCRD_HAS_BEEN_CHANGED: 'stale',
  UNEXPECTED_ERROR: 'transient',
  // The limit that REST shares with SOAP, by its SOAP names.
  WS_REQUEST_BLOCKED: 'concurrency',
  WS_CONCUR_SESSION_DISALLWD: 'concurrency',
  REQUEST_SIZE_EXCEEDED: 'too_large',
};

interface Detail {
  readonly code: string;
  readonly text: string;
  readonly path: string | null;
}

/** By status and `o:errorCode`; the words are in the language of the hub's user and decide nothing. */
export function errorOfAnswer(answer: SafeHttpResponse): ConnectorError {
  const { status, headers, body, durationMs } = answer;
  const generic = errorOfStatus(status, headers, 'NetSuite');
  const details = detailsOf(body.toString('utf8'));
  const [first] = details;
  const code = first?.code ?? generic.code;
  const fields = [...new Set(details.flatMap(({ path }) => path ?? []))];
  const error: ConnectorError = {
    ...generic,
    code,
    message: first === undefined ? generic.message : `${code}: ${details.map(({ text }) => text).join(' ')}`,
    ...(fields.length === 0 ? {} : { fields }),
  };
  if (status === 401) return { ...error, ...refusedLogin(durationMs) };
  // With a time to come back it is a wait, without one it is too many at once: that is all that NetSuite limits.
  if (generic.category === 'rate_limited') {
    return generic.retryAfterMs === undefined ? { ...error, category: 'concurrency' } : error;
  }
  return { ...error, category: first === undefined ? generic.category : categoryOf(code, status, generic.category) };
}

function refusedLogin(durationMs: number): Pick<ConnectorError, 'category'> {
  return { category: durationMs >= DISGUISED_LIMIT_MS ? 'concurrency' : 'auth_expired' };
}

function categoryOf(code: string, status: number, generic: ErrorCategory): ErrorCategory {
  if (code.endsWith('LIMIT_EXCEEDED')) return 'concurrency';
  if (code.startsWith('DUP_')) return 'duplicate';
  // The same code also says that a field is read-only, which a person mends in the mapping.
  if (code === 'INSUFFICIENT_PERMISSION' && status === 400) return 'validation';
  return CATEGORY_OF_CODE[code] ?? generic;
}

function detailsOf(text: string): readonly Detail[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  const list = member(parsed, 'o:errorDetails');
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown): Detail[] => {
    const code = member(one, 'o:errorCode');
    if (typeof code !== 'string' || !/^[\w.-]{1,100}$/.test(code)) return [];
    const detail = member(one, 'detail');
    const path = member(one, 'o:errorPath') ?? member(one, 'o:errorQueryParam');
    return [
      {
        code,
        text: typeof detail === 'string' ? detail : 'no further words',
        path: typeof path === 'string' ? path.slice(0, 200) : null,
      },
    ];
  });
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
