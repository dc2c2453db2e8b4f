import { text } from '../text';
import { sinceTime } from './time';

const A_MINUTE = 60;
const words = text.common.problem;

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

/** @param headers of the answer */
export function problemFrom(status: number, body: unknown, headers: Headers): ApiProblem {
  const told = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const member = (name: string): string | null => (typeof told[name] === 'string' ? told[name] : null);
  const detail = member('violated_policy') === null ? (member('detail') ?? '') : words.rateLimit;
  return new ApiProblem(
    status,
    member('code') ?? `http_${status}`,
    member('title') ?? '',
    status === 429 ? `${detail} ${againIn(headers.get('retry-after'))}`.trim() : detail,
    member('request_id') ?? headers.get('x-request-id'),
    Array.isArray(told['errors']) ? (told['errors'] as Fault[]) : [],
    told,
  );
}

/** @param wait in seconds */
function againIn(wait: string | null): string {
  const seconds = Number(wait ?? '');
  if (wait === null || !Number.isInteger(seconds)) return words.againSoon;
  if (seconds <= A_MINUTE) return words.againIn(seconds);
  // The minute that is named is over by then.
  return words.againAfter(sinceTime(new Date(Date.now() + (seconds + A_MINUTE) * 1_000).toISOString()));
}
