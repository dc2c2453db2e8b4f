import { setTimeout as delay } from 'node:timers/promises';
import { LauncherError } from './launcher-error';

export interface HubAnswer {
  readonly status: number;
  /** Parsed JSON; null when there is no body. */
  readonly body: unknown;
  readonly headers: Headers;
}

const TIMEOUT_MS = 30_000;
/** More waits for the rate limit than this are no spike. */
const MAX_WAITS = 10;

/** A refusal that the caller did not expect, in the hub's own words. */
export class HubRefusal extends LauncherError {
  constructor(
    readonly status: number,
    readonly code: string | null,
    message: string,
  ) {
    super(message, 'The log of the API says more.');
  }
}

/** Speaks to a running hub with one key. Waits out rate limits; everything else is the caller's to judge. */
export class HubClient {
  constructor(
    private readonly baseUrl: string,
    private readonly key: string,
  ) {}

  async request(method: string, path: string, body?: unknown): Promise<HubAnswer> {
    for (let waits = 0; ; waits++) {
      const response = await fetch(`${this.baseUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      const retryAfter = Number(response.headers.get('retry-after'));
      if (response.status === 429 && waits < MAX_WAITS && retryAfter > 0) {
        await delay(retryAfter * 1_000);
        continue;
      }
      return { status: response.status, body: text === '' ? null : parse(text), headers: response.headers };
    }
  }

  /**
   * Like {@link request}, for answers that must succeed.
   * @throws HubRefusal
   */
  async demand(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.request(method, path, body);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw refusal(method, path, answer);
  }
}

export function refusal(method: string, path: string, { status, body }: HubAnswer): HubRefusal {
  const problem = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const code = typeof problem['code'] === 'string' ? problem['code'] : null;
  const detail = problem['detail'] ?? problem['title'];
  const faults = Array.isArray(problem['errors']) ? `: ${JSON.stringify(problem['errors'])}` : '';
  const said = typeof detail === 'string' ? ` ${detail}` : '';
  return new HubRefusal(
    status,
    code,
    `${method} ${path} was answered ${status}${code === null ? '' : ` ${code}`}${said}${faults}`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
