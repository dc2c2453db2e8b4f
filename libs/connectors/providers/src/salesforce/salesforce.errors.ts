import { categoryOfStatus, errorOfStatus, type ConnectorError, type ErrorCategory } from '@hub/connector-sdk';
import { type SafeHttpResponse } from '@hub/platform';

/** One error as the API writes it: `errorCode` for a whole call, `statusCode` inside a collection. */
export interface SalesforceError {
  readonly code: string;
  readonly message: string;
  readonly fields: readonly string[];
}

export const UNREADABLE_ANSWER: ConnectorError = {
  category: 'transient',
  code: 'unreadable_answer',
  message: 'Salesforce answered with something else than the API promises, most likely a maintenance page',
};

/** The daily limit rolls over 24 hours; asking again sooner only burns calls. */
const DAILY_LIMIT_WAIT_MS = 15 * 60 * 1000;

const CATEGORY_OF_CODE: Readonly<Record<string, ErrorCategory>> = {
  INVALID_SESSION_ID: 'auth_expired',
  INVALID_AUTH_HEADER: 'auth_expired',
  INVALID_LOGIN: 'auth_revoked',
  LOGIN_MUST_USE_SECURITY_TOKEN: 'auth_revoked',
  API_DISABLED_FOR_ORG: 'config',
  API_CURRENTLY_DISABLED: 'config',
  FUNCTIONALITY_NOT_ENABLED: 'config',
  UNSUPPORTED_API_VERSION: 'config',
  // The same of the Bulk API.
  InvalidVersion: 'config',
  STORAGE_LIMIT_EXCEEDED: 'config',
  LIMIT_EXCEEDED: 'config',
  METHOD_NOT_ALLOWED: 'config',
  FORBIDDEN: 'permission',
  INSUFFICIENT_ACCESS: 'permission',
  INSUFFICIENT_ACCESS_OR_READONLY: 'permission',
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: 'permission',
  // Also what a field hidden by field-level security answers.
  INVALID_FIELD_FOR_INSERT_UPDATE: 'validation',
  DUPLICATE_VALUE: 'duplicate',
  DUPLICATES_DETECTED: 'duplicate',
  DUPLICATE_EXTERNAL_ID: 'duplicate',
  MULTIPLE_CHOICES: 'duplicate',
  UNABLE_TO_LOCK_ROW: 'transient',
  QUERY_TIMEOUT: 'transient',
  // The pages of a query are kept for two days: it is asked anew.
  INVALID_QUERY_LOCATOR: 'transient',
  REQUEST_RUNNING_TOO_LONG: 'transient',
  SERVER_UNAVAILABLE: 'transient',
  UNKNOWN_EXCEPTION: 'transient',
  // Undone because of others; with allOrNone=false this should not be seen.
  ALL_OR_NONE_OPERATION_ROLLED_BACK: 'transient',
  TXN_SECURITY_METERING_ERROR: 'transient',
  NOT_FOUND: 'not_found',
  ENTITY_IS_DELETED: 'not_found',
  INVALID_CROSS_REFERENCE_KEY: 'validation',
  EXCEEDED_ID_LIMIT: 'too_large',
  REQUEST_TOO_LARGE: 'too_large',
  CONFLICT: 'stale',
};

/** What the org says to every call alike, until an administrator or the connection's settings change. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  'API_DISABLED_FOR_ORG',
  'API_CURRENTLY_DISABLED',
  'UNSUPPORTED_API_VERSION',
  'InvalidVersion',
]);

/** Where the status says more than the code. */
const CATEGORY_OF_STATUS: Readonly<Record<number, ErrorCategory>> = {
  300: 'duplicate', // several records have the external id
  401: 'auth_expired',
  409: 'stale',
  410: 'config', // API version retired
  420: 'transient', // edge routing
};

/** An answer that is not 2xx. */
export function errorOfAnswer({ status, headers, body }: SafeHttpResponse): ConnectorError {
  const generic = errorOfStatus(status, headers, 'Salesforce');
  const vendor = parseErrors(body.toString('utf8'))[0];
  // Pages of proxies and of the edge carry no code; a limit that names its wait is taken at its word.
  if (vendor === undefined || generic.category === 'rate_limited') {
    return {
      ...generic,
      category: CATEGORY_OF_STATUS[status] ?? generic.category,
      ...(status === 300 ? MULTIPLE : {}),
    };
  }
  const error = errorOfVendor(vendor, CATEGORY_OF_STATUS[status] ?? categoryOfStatus(status));
  return { ...error, httpStatus: status, ...(status === 410 ? { category: 'config' } : {}) };
}

const MULTIPLE = { code: 'MULTIPLE_CHOICES', message: 'Several records have this external id' };

/** An error inside the answer to a collection. Unknown codes are the record's fault: the call itself was good. */
export function errorOfItem(vendor: SalesforceError): ConnectorError {
  return errorOfVendor(vendor, 'validation');
}

function errorOfVendor(vendor: SalesforceError, fallback: ErrorCategory): ConnectorError {
  const { code, message, fields } = vendor;
  const limit = categoryByText(vendor);
  const category = limit?.category ?? CATEGORY_OF_CODE[code] ?? fallback;
  return {
    category,
    code,
    message: `${code}: ${message}`,
    ...(OF_THE_CONNECTION.has(code) ? { wholeConnection: true } : {}),
    ...(limit?.retryAfterMs === undefined ? {} : { retryAfterMs: limit.retryAfterMs }),
    ...(fields.length === 0 ? {} : { fields }),
  };
}

/**
 * The two places where Salesforce tells different things apart by text alone, and the only ones where text is read:
 * - `REQUEST_LIMIT_EXCEEDED` is the daily quota ("TotalRequests Limit exceeded.") or too many long calls at once
 *   ("ConcurrentRequests (Concurrent API Requests) Limit exceeded."). Unclear: the daily one, the longer wait.
 * - An automation (trigger, flow) that met a locked row reports its own code and puts `UNABLE_TO_LOCK_ROW` in the text.
 */
function categoryByText({ code, message }: SalesforceError): Pick<ConnectorError, 'category' | 'retryAfterMs'> | null {
  if (code === 'REQUEST_LIMIT_EXCEEDED') {
    return message.includes('ConcurrentRequests')
      ? { category: 'concurrency' }
      : { category: 'rate_limited', retryAfterMs: DAILY_LIMIT_WAIT_MS };
  }
  if (AUTOMATION_CODES.has(code) && message.includes('UNABLE_TO_LOCK_ROW')) return { category: 'transient' };
  return null;
}

const AUTOMATION_CODES = new Set(['CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'CANNOT_EXECUTE_FLOW_TRIGGER', 'APEX_ERROR']);

/** Errors of a body; none for pages, empty bodies and the list of URLs of a 300. */
function parseErrors(body: string): readonly SalesforceError[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [];
  }
  return (Array.isArray(value) ? value : [value]).flatMap((item: unknown) => readError(item) ?? []);
}

/** One error object in either spelling, or null. */
export function readError(value: unknown): SalesforceError | null {
  if (typeof value !== 'object' || value === null) return null;
  const { errorCode, statusCode, message, fields } = value as Record<string, unknown>;
  const code = typeof errorCode === 'string' ? errorCode : statusCode;
  if (typeof code !== 'string' || code === '') return null;
  return {
    code: code.slice(0, 100),
    message: typeof message === 'string' ? message : 'no further words',
    fields: Array.isArray(fields) ? fields.filter((field) => typeof field === 'string').slice(0, 50) : [],
  };
}
