import { type Reply } from '../../kernel/http-frame';

/** One entry of `o:errorDetails`; the place of the error is named the way the vendor names it. */
export interface ErrorDetail {
  readonly detail: string;
  readonly code: string;
  /**
   * The code the same refusal has elsewhere in the product (SuiteScript, SOAP). The REST layer was seen to flatten
   * most business refusals to `USER_ERROR`; a switch of the account shows these instead.
   */
  readonly specific?: string;
  /** JSON path into the body. */
  readonly path?: string;
  readonly queryParam?: string;
  readonly header?: string;
  readonly url?: string;
}

/** `flat`: `USER_ERROR` for business refusals, as recorded live. `specific`: the product's own code for each. */
export type ErrorCodeStyle = 'flat' | 'specific';

/**
 * The vendor says no. Thrown inside the simulator only, where refusing is the vendor's own control flow: it unwinds
 * to the request or task that is being refused, which turns it into the vendor's answer.
 */
export class Rejection extends Error {
  constructor(
    readonly status: number,
    readonly details: readonly ErrorDetail[],
    readonly title = TITLES[status] ?? 'Error',
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(details.map(({ code }) => code).join(', '));
  }
}

type Place = Pick<ErrorDetail, 'path' | 'queryParam' | 'header' | 'url'>;

export function reject(status: number, code: string, detail: string, place: Place = {}): never {
  throw new Rejection(status, [{ detail, code, ...place }]);
}

/** A rule of the business logic, below the REST layer, says no. */
export function rejectRecord(specific: string, text: string, place: Place = {}): never {
  throw new Rejection(400, [
    { detail: `Error while accessing a resource. ${text}`, code: 'USER_ERROR', specific, ...place },
  ]);
}

/** The value cannot stand in that field: a wrong type, or a reference to nothing usable. */
export function rejectValue(value: unknown, field: string, path: string): never {
  const shown = typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
  reject(
    400,
    'INVALID_CONTENT',
    `Error while accessing resource: You have entered an Invalid Field Value ${shown} for the following field: ${field}`,
    { path },
  );
}

const INVALID_LOGIN_DETAIL =
  'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.';

export function invalidLogin(): Rejection {
  return new Rejection(401, [{ detail: INVALID_LOGIN_DETAIL, code: 'INVALID_LOGIN' }]);
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};
const RFC = 'https://www.rfc-editor.org/rfc/rfc9110.html#section-';
const TYPES: Readonly<Record<number, string>> = {
  400: `${RFC}15.5.1`,
  401: `${RFC}15.5.2`,
  403: `${RFC}15.5.4`,
  404: `${RFC}15.5.5`,
  405: `${RFC}15.5.6`,
  406: `${RFC}15.5.7`,
  413: `${RFC}15.5.14`,
  415: `${RFC}15.5.16`,
  429: 'https://www.rfc-editor.org/rfc/rfc6585.html#section-4',
  500: `${RFC}15.6.1`,
};

export const ERROR_CONTENT_TYPE = 'application/vnd.oracle.resource+json; type=error; charset=UTF-8';

/** The body of a refusal. */
export function errorBody(rejection: Rejection, style: ErrorCodeStyle): object {
  return {
    type: rejection.title === 'Conflict' ? `${RFC}15.5.10` : (TYPES[rejection.status] ?? 'about:blank'),
    title: rejection.title,
    status: rejection.status,
    'o:errorDetails': rejection.details.map(({ detail, code, specific, path, queryParam, header, url }) => ({
      detail,
      ...(path === undefined ? {} : { 'o:errorPath': path }),
      ...(queryParam === undefined ? {} : { 'o:errorQueryParam': queryParam }),
      ...(header === undefined ? {} : { 'o:errorHeader': header }),
      ...(url === undefined ? {} : { 'o:errorUrl': url }),
      'o:errorCode': style === 'specific' ? (specific ?? code) : code,
    })),
  };
}

export function errorReply(rejection: Rejection, style: ErrorCodeStyle): Reply {
  return {
    status: rejection.status,
    headers: { 'content-type': ERROR_CONTENT_TYPE, ...rejection.headers },
    body: JSON.stringify(errorBody(rejection, style)),
  };
}
