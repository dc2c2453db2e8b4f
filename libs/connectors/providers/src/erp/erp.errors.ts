import { categoryOfStatus, errorOfStatus, type ConnectorError, type ErrorCategory } from '@hub/connector-sdk';
import { type SafeHttpResponse } from '@hub/platform';

/** What a fault says, whatever the prefixes and whichever version of SOAP. */
export interface ErpFault {
  /** Local name of the fault code: `Client`, `FailedAuthentication`. */
  readonly kind: string;
  readonly text: string;
  /** `ERP-1043`, of the detail. */
  readonly code: string | null;
  readonly message: string | null;
  readonly field: string | null;
  readonly retryable: boolean | null;
}

/** How long nothing is asked while the nightly batch runs and no window is configured. */
export const NIGHTLY_WAIT_MS = 15 * 60_000;

const CATEGORY_OF_CODE: Readonly<Record<string, ErrorCategory>> = {
  'ERP-1000': 'validation', // breaks the schema
  'ERP-1001': 'validation', // missing
  'ERP-1002': 'validation', // too long
  'ERP-1003': 'validation', // bad value
  'ERP-1004': 'validation', // not in the code page
  'ERP-1010': 'validation', // total is not what the lines add up to
  'ERP-1011': 'validation', // line number
  'ERP-1021': 'validation', // blocked customer
  'ERP-1030': 'validation', // allocation
  'ERP-1031': 'validation', // allocation in another currency
  'ERP-1043': 'validation', // period closed
  'ERP-1044': 'validation', // invoice paid or cancelled
  'ERP-1062': 'duplicate',
  // The message is named after its content, so only a foreign sender can have used the name.
  'ERP-1063': 'duplicate',
  'ERP-1404': 'not_found',
  'ERP-1409': 'stale',
  'ERP-1413': 'too_large',
  'ERP-9001': 'transient', // locked
  'ERP-9002': 'rate_limited', // nightly batch
  'ERP-9429': 'concurrency', // sessions
};

/** WS-Security 1.1, 12, and the kinds of SOAP 1.1 and 1.2 that say something about all calls. */
const CATEGORY_OF_KIND: Readonly<Record<string, ErrorCategory>> = {
  FailedAuthentication: 'auth_revoked',
  FailedCheck: 'auth_revoked',
  InvalidSecurity: 'auth_revoked',
  InvalidSecurityToken: 'auth_revoked',
  SecurityTokenUnavailable: 'auth_revoked',
  UnsupportedSecurityToken: 'config',
  UnsupportedAlgorithm: 'config',
  MessageExpired: 'config',
  MustUnderstand: 'config',
  VersionMismatch: 'config',
};

/** What every message has alike, ours of any record included: nothing passes before a person sees to it. */
const CONNECTION_KINDS: ReadonlySet<string> = new Set(['MessageExpired', 'MustUnderstand', 'VersionMismatch']);

const WORDS_OF_KIND: Readonly<Record<string, string>> = {
  MessageExpired: 'The clocks of the hub and of the ERP differ by more than the ERP allows',
};

export const UNREADABLE_ANSWER: ConnectorError = {
  category: 'transient',
  code: 'unreadable_answer',
  message: 'The ERP answered with something else than its contract promises: a page, a part of a message, or nothing',
};

export const UNREADABLE_ENCODING: ConnectorError = {
  category: 'transient',
  code: 'unreadable_encoding',
  message: 'The answer is not in the encoding that it claims: set the code page of the connection',
};

export function errorOfFault(fault: ErpFault, status: number): ConnectorError {
  const { kind, text, code, message, field } = fault;
  const category = categoryOf(fault);
  const words = message ?? WORDS_OF_KIND[kind] ?? text;
  return {
    category,
    code: (code ?? kind).replace(/\s+/g, '_').slice(0, 100) || 'soap_fault',
    message: `${code ?? kind}: ${words}`,
    httpStatus: status,
    ...(category === 'config' && CONNECTION_KINDS.has(kind) ? { wholeConnection: true } : {}),
    ...(code === 'ERP-9002' ? { retryAfterMs: NIGHTLY_WAIT_MS } : {}),
    ...(field === null || field === '' ? {} : { fields: [field] }),
  };
}

function categoryOf({ kind, code, retryable }: ErpFault): ErrorCategory {
  const known = code === null ? undefined : CATEGORY_OF_CODE[code];
  if (known !== undefined) return known;
  const byKind = CATEGORY_OF_KIND[kind];
  if (byKind !== undefined) return byKind;
  if (retryable === true) return 'transient';
  const isOurs = kind === 'Client' || kind === 'Sender';
  // A code that nobody knows is about this record; without one, the message itself was not understood.
  if (code !== null) return 'validation';
  return isOurs ? 'config' : 'transient';
}

/** An answer without a SOAP message in it. */
export function errorOfPage({ status, headers }: SafeHttpResponse): ConnectorError {
  if (status >= 200 && status < 300) return { ...UNREADABLE_ANSWER, httpStatus: status };
  const error = errorOfStatus(status, headers, 'The ERP');
  if (error.category === 'rate_limited') return error;
  return { ...error, category: CATEGORY_OF_STATUS[status] ?? categoryOfStatus(status) };
}

const CATEGORY_OF_STATUS: Readonly<Record<number, ErrorCategory>> = {
  // Of a web server in front: a user who was refused, or a certificate that was not shown.
  401: 'auth_revoked',
  403: 'auth_revoked',
  404: 'config',
  410: 'config',
};

/** Limits that a web server states are taken at their word, whatever stands in the body. */
export function statedLimit({ status, headers }: SafeHttpResponse): ConnectorError | null {
  if (status !== 429 && status !== 503) return null;
  const error = errorOfStatus(status, headers, 'The ERP');
  return error.category === 'rate_limited' ? error : null;
}

/** `Error ERP-1043: Posting period 2001-01 is closed (InvDate)`: how some systems report what they refuse, with a 200. */
const ERROR_ACTION = /^\s*error\b[\s:]*([A-Z]{2,10}-\d{1,6})?[\s:]*(.*)$/is;

export function faultOfAction(action: string): ErpFault | null {
  const [, code, rest] = ERROR_ACTION.exec(action) ?? [];
  if (rest === undefined) return null;
  const message = rest.trim() === '' ? 'no further words' : rest.trim();
  const field = /\(([\w/]+)\)$/.exec(message)?.[1] ?? null;
  return { kind: 'Client', text: message, code: code ?? 'ERROR', message, field, retryable: null };
}
