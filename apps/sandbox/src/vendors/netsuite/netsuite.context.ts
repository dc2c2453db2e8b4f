import { type AccountUser, type NetSuiteAccount } from './netsuite.account';
import { reject } from './netsuite.errors';
import { type RecordType } from './schema/account-schema';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Who asks, in which account, and under which address: links lead to where the caller came from. */
export interface ApiContext {
  readonly account: NetSuiteAccount;
  readonly user: AccountUser;
  /** `http://host/services/rest` */
  readonly base: string;
}

/** A call after authentication. `segments` are below `/services/rest`, percent-encoded as they came. */
export interface ApiRequest {
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON; `undefined` when there was no body. */
  readonly body: unknown;
}

export interface ApiReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** The record this call wrote, as `type/id`: it is held until the write is over. */
  readonly wrote?: string;
}

export const SINGULAR = 'application/vnd.oracle.resource+json; type=singular; charset=UTF-8';
export const COLLECTION = 'application/vnd.oracle.resource+json; type=collection; charset=UTF-8';

/** @throws Rejection 404 for a type that does not exist, 403 for one that the role may not see */
export function requireType({ account, user }: ApiContext, name: string): RecordType {
  const type = account.schema.type(name);
  if (!type) reject(404, 'NONEXISTENT_RECORD_TYPE', `Record type '${name}' does not exist.`);
  if (!user.isAdministrator && account.settings.deniedRecordTypes.includes(type.name)) {
    reject(
      403,
      'INSUFFICIENT_PERMISSION',
      `Permission Violation: The subrecord, sublist or record ${type.name} is not accessible to your role.`,
    );
  }
  return type;
}

/** @throws Rejection 403 when the caller's role may only look */
export function requireWritable(context: ApiContext, name: string): RecordType {
  const type = requireType(context, name);
  if (type.viewOnly) {
    reject(
      403,
      'INSUFFICIENT_PERMISSION',
      `Permission Violation: You need a higher level of the 'Lists -> ${type.plural}' permission to access this page. Please contact your account administrator.`,
    );
  }
  return type;
}

/** @throws Rejection 400 INVALID_CONTENT */
export function requireObject(body: unknown): JsonObject {
  if (isObject(body)) return body;
  reject(400, 'INVALID_CONTENT', 'Invalid content in the request body.');
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A misspelt parameter must not pass for its absence. @throws Rejection 400 INVALID_PARAMETER */
export function allowParameters(query: URLSearchParams, allowed: readonly string[]): void {
  for (const name of query.keys()) {
    if (!allowed.includes(name)) {
      reject(
        400,
        'INVALID_PARAMETER',
        `Invalid query parameter name '${name}'. Provide a valid query parameter name.`,
        {
          queryParam: name,
        },
      );
    }
  }
}

/** @throws Rejection 400 INVALID_PARAMETER */
export function booleanParameter(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  if (text === null || text === 'false') return false;
  if (text === 'true') return true;
  return reject(400, 'INVALID_PARAMETER', `Invalid value '${text}' for query parameter '${name}'.`, {
    queryParam: name,
  });
}

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

const MAX_PAGE = 1_000;

/** @throws Rejection 400 INVALID_PARAMETER for a page above 1,000 rows, or an offset that is no multiple of it */
export function pageOf(query: URLSearchParams): Page {
  const read = (name: string, fallback: number, low: number, high: number): number => {
    const text = query.get(name);
    if (text === null) return fallback;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= low && value <= high) return value;
    return reject(400, 'INVALID_PARAMETER', `Invalid value '${text}' for query parameter '${name}'.`, {
      queryParam: name,
    });
  };
  const limit = read('limit', MAX_PAGE, 1, MAX_PAGE);
  const offset = read('offset', 0, 0, Number.MAX_SAFE_INTEGER);
  if (offset % limit !== 0) {
    reject(400, 'INVALID_PARAMETER', `The offset '${offset}' must be divisible by the limit '${limit}'.`, {
      queryParam: 'offset',
    });
  }
  return { limit, offset };
}

/** The envelope of every collection: `hasMore` with the links that go with it. */
export function collectionBody(
  selfUrl: string,
  query: URLSearchParams,
  page: Page,
  items: object[],
  total: number,
): object {
  const link = (rel: string, offset: number): object => {
    const parameters = new URLSearchParams(query);
    parameters.set('limit', String(page.limit));
    parameters.set('offset', String(offset));
    return { rel, href: `${selfUrl}?${parameters.toString()}` };
  };
  const hasMore = page.offset + items.length < total;
  const last = Math.max(0, Math.floor((total - 1) / page.limit) * page.limit);
  const links = [
    ...(hasMore ? [link('next', page.offset + page.limit), link('last', last)] : []),
    ...(page.offset > 0 ? [link('first', 0), link('previous', page.offset - page.limit)] : []),
    link('self', page.offset),
  ];
  return { links, count: items.length, hasMore, items, offset: page.offset, totalResults: total };
}

export function selfLink(href: string): { links: object[] } {
  return { links: [{ rel: 'self', href }] };
}

/** @throws Rejection 404 when the percent-encoding is broken */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return reject(404, 'INVALID_URL', 'The requested URL is not valid.', { url: segment });
  }
}
