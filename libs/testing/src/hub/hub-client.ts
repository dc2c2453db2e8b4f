/** One answer of the API. */
export interface HubAnswer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `null` when the answer has no body; the text itself when it is not JSON. */
  readonly body: T;
}

export interface HubRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text or bytes as they are. */
  readonly body?: unknown;
}

const TIMEOUT_MS = 30_000;

/** The API as a customer's program calls it. */
export class TestClient {
  constructor(
    readonly apiUrl: string,
    readonly key: string | null,
  ) {}

  /** The same key at another process. */
  at(apiUrl: string): TestClient {
    return new TestClient(apiUrl, this.key);
  }

  async send<T = Record<string, unknown>>(
    method: string,
    path: string,
    request: HubRequest = {},
  ): Promise<HubAnswer<T>> {
    const { body } = request;
    const response = await fetch(this.apiUrl + path, {
      method,
      headers: {
        ...(this.key === null ? {} : { authorization: `Bearer ${this.key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      body:
        body === undefined || typeof body === 'string' || body instanceof Uint8Array
          ? (body as string)
          : JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) as T };
  }

  get<T = Record<string, unknown>>(path: string, headers?: Readonly<Record<string, string>>): Promise<HubAnswer<T>> {
    return this.send<T>('GET', path, headers === undefined ? {} : { headers });
  }

  post<T = Record<string, unknown>>(
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<HubAnswer<T>> {
    return this.send<T>('POST', path, { body, ...(headers === undefined ? {} : { headers }) });
  }

  /** For arranging: @throws unless the answer is of the 2xx. */
  async demand<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.send<T>(method, path, { body });
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  }
}

function parse(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
