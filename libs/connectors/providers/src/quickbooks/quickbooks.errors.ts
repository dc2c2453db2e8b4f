import { XMLParser } from 'fast-xml-parser';
import { errorOfStatus, type ConnectorError, type ErrorCategory } from '@hub/connector-sdk';
import { type SafeHttpResponse } from '@hub/platform';

/** One error of a fault, in whichever of the vendor's three envelopes. */
export interface QuickBooksError {
  readonly code: string;
  readonly message: string;
  readonly element: string | null;
}

export const UNREADABLE_ANSWER: ConnectorError = {
  category: 'transient',
  code: 'unreadable_answer',
  message: 'QuickBooks answered with something else than the API promises, most likely a maintenance page',
};

/** What the vendor asks for after a throttle: https://developer.intuit.com/app/developer/qbo/docs/learn/rest-api-features */
const THROTTLE_WAIT_MS = 60_000;

const CATEGORY_OF_CODE: Readonly<Record<string, ErrorCategory>> = {
  '100': 'auth_expired',
  '3200': 'auth_expired',
  '120': 'config',
  '3100': 'config',
  '3001': 'rate_limited',
  '5010': 'stale',
  '6240': 'duplicate',
  '6140': 'duplicate',
  '610': 'not_found',
  '6190': 'config',
  // "Unsupported Operation": an address that the vendor does not have, whatever its HTTP status.
  '500': 'config',
  '10000': 'transient',
  '6002': 'transient',
};

/** Of the company, be it suspended or not the one that was signed in to: no record passes before a person sees to it. */
const COMPANY_CODES: ReadonlySet<string> = new Set(['120', '3100', '6190']);

/** The code an answer is known by; the gateway pads it with zeros in texts, never in the member. */
function normalise(code: string): string {
  return code.replace(/^0+(?=\d)/, '');
}

export function errorOfVendor(vendor: QuickBooksError, status?: number): ConnectorError {
  const code = normalise(vendor.code);
  const category = CATEGORY_OF_CODE[code] ?? 'validation';
  return {
    category,
    code,
    message: `${code}: ${vendor.message}`,
    ...(status === undefined ? {} : { httpStatus: status }),
    ...(category === 'rate_limited' ? { retryAfterMs: THROTTLE_WAIT_MS } : {}),
    ...(COMPANY_CODES.has(code) ? { wholeConnection: true } : {}),
    ...(vendor.element === null || vendor.element === '' ? {} : { fields: [vendor.element] }),
  };
}

/** An answer that is not 2xx, or a 2xx whose body is a fault. */
export function errorOfAnswer({ status, headers, body }: SafeHttpResponse): ConnectorError {
  const generic = errorOfStatus(status, headers, 'QuickBooks');
  const vendor = parseFault(body.toString('utf8'))[0];
  if (vendor === undefined) {
    // The gateway's throttle has been seen with an empty body too.
    if (status === 429) return { ...generic, retryAfterMs: generic.retryAfterMs ?? THROTTLE_WAIT_MS };
    return status === 401 ? { ...generic, category: 'auth_expired' } : generic;
  }
  const error = errorOfVendor(vendor, status);
  if (error.category === 'rate_limited' || status === 429) {
    return { ...error, category: 'rate_limited', retryAfterMs: generic.retryAfterMs ?? THROTTLE_WAIT_MS };
  }
  if (status === 401) return { ...error, category: 'auth_expired' };
  // Codes of business rules are the record's; a 5xx with an unknown one is the vendor's own trouble.
  return status >= 500 && CATEGORY_OF_CODE[error.code] === undefined ? { ...error, category: 'transient' } : error;
}

const xml = new XMLParser({
  ignoreAttributes: false,
  removeNSPrefix: true,
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
});

/** Errors of a body: `Fault` of the API, `fault` of the gateway, or XML although JSON was asked for. */
function parseFault(body: string): readonly QuickBooksError[] {
  const text = body.trimStart();
  if (text.startsWith('<')) return /<\w*:?IntuitResponse|<\w*:?Fault/.test(text) ? faultOfXml(text) : [];
  try {
    return faultOf(JSON.parse(text));
  } catch {
    return [];
  }
}

/** Errors of a fault inside an answer, a batch item's for example. */
export function faultOf(value: unknown): readonly QuickBooksError[] {
  const fault = member(value, 'Fault') ?? member(value, 'fault');
  const errors = member(fault, 'Error') ?? member(fault, 'error');
  return (Array.isArray(errors) ? errors : errors === undefined ? [] : [errors]).flatMap(readError);
}

function faultOfXml(text: string): readonly QuickBooksError[] {
  try {
    const parsed: unknown = xml.parse(text);
    return faultOf(member(parsed, 'IntuitResponse') ?? parsed);
  } catch {
    return [];
  }
}

function readError(value: unknown): QuickBooksError[] {
  const code = member(value, 'code') ?? member(value, '@_code');
  if (typeof code !== 'string' && typeof code !== 'number') return [];
  const message = textOf(member(value, 'Message') ?? member(value, 'message'));
  const detail = textOf(member(value, 'Detail') ?? member(value, 'detail'));
  const element = member(value, 'element') ?? member(value, '@_element');
  return [
    {
      code: String(code).slice(0, 40),
      message: [message, detail].filter((part) => part !== '').join(': ') || 'no further words',
      element: typeof element === 'string' ? element : null,
    },
  ];
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
