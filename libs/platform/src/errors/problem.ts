/** What kind of expected failure it is; one place in the API turns it into an HTTP status. */
export type ProblemKind =
  | 'bad_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'unprocessable'
  | 'too_large'
  | 'unsupported_media_type'
  | 'rate_limited'
  | 'unavailable';

/** One fault in the caller's input. `pointer` is a JSON pointer (RFC 6901) into the body, or `#query/<name>`, `#header/<name>`. */
export interface InputFault {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  /** Public id of what stands in the way, where that is something else than the input. */
  readonly id?: string;
}

/** Further members of a problem document, by code: the API describes each to its callers, and there are no others. */
export interface ProblemMembers {
  /** The name that the vendor gives it. */
  readonly account?: string | null;
  readonly category?: string;
  readonly column?: number;
  /** Public id. */
  readonly connection?: string;
  readonly count?: number;
  readonly disabled_routes?: number;
  readonly environment?: string;
  readonly golden_cases?: number;
  readonly golden_cases_failed?: number;
  readonly limit?: number;
  readonly line?: number;
  readonly most_events?: number;
  readonly offset?: number;
  readonly published_version?: number | null;
  /** Public id. */
  readonly replayed_by?: string;
  readonly routes?: number;
  readonly run_status?: 'queued' | 'running';
  readonly scope?: string;
  readonly syncs?: number;
  readonly tenant_slug?: string;
  readonly token?: string;
  /** Public id. */
  readonly tracking_id?: string;
  readonly vendor_code?: string;
  readonly violated_policy?: 'sustained' | 'burst' | 'api';
}

/**
 * An expected failure that a caller of the hub gets to read. Libraries return it as the error of a `Result`.
 * `code` is stable and snake_case; `detail` must not carry a secret, SQL or an upstream body.
 */
export interface Problem {
  readonly kind: ProblemKind;
  readonly code: string;
  readonly detail: string;
  readonly faults?: readonly InputFault[];
  readonly retryAfterSeconds?: number;
  readonly extra?: ProblemMembers;
}

export function problem(
  kind: ProblemKind,
  code: string,
  detail: string,
  rest: Omit<Problem, 'kind' | 'code' | 'detail'> = {},
): Problem {
  return { kind, code, detail, ...rest };
}

export function notFound(what: string): Problem {
  return problem('not_found', 'not_found', `No such ${what}.`);
}
