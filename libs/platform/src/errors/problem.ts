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
  /** Further members of the problem document, for example the first tracking id of a reused event id. */
  readonly extra?: Readonly<Record<string, string | number | boolean | null>>;
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
