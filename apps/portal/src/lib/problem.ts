/** One fault of a request, with the JSON pointer of what is wrong. */
export interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  /** Of what stands in the way, where that is a thing of its own. */
  readonly id?: string;
}

/** What the API answered instead of what was wanted (RFC 9457), or that it did not answer at all. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    detail: string,
    readonly requestId: string | null,
    readonly faults: readonly Fault[] = [],
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
    this.name = 'ApiProblem';
  }
}

/** An address came to name another host, where a kept secret does not go. Which fields are addresses is the hub's to say. */
export function isMoveRefused(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === 'credentials_required';
}

export function problemFrom(status: number, body: unknown, requestId: string | null): ApiProblem {
  const told = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string): string | null => (typeof told[name] === 'string' ? told[name] : null);
  return new ApiProblem(
    status,
    text('code') ?? `http_${status}`,
    text('title') ?? '',
    text('detail') ?? '',
    text('request_id') ?? requestId,
    Array.isArray(told['errors']) ? (told['errors'] as Fault[]) : [],
    told,
  );
}
