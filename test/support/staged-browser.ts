export interface BrowserAnswer {
  readonly status: number;
  readonly body: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  /** Of the session, or of whatever else was set. */
  readonly cookie: string | null;
  readonly location: string | null;
}

export const PASSWORD = 'correct horse battery';

/** A browser as far as the API sees one: its cookies, and the headers that say where a request came from. */
export class StagedBrowser {
  private readonly cookies = new Map<string, string>();
  csrf: string | null = null;

  constructor(private readonly url: string) {}

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<BrowserAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(cookie === '' ? {} : { cookie }),
        ...(this.csrf === null ? {} : { 'x-csrf-token': this.csrf }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const set = response.headers.getSetCookie();
    for (const line of set) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=', 2);
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
    return {
      status: response.status,
      body: isJson ? JSON.parse(text) : {},
      cookie: set[0] ?? null,
      location: response.headers.get('location'),
    };
  }

  async signIn(email: string, password = PASSWORD): Promise<BrowserAnswer> {
    const answer = await this.send('POST', '/auth/sign-in', { email, password });
    if (answer.body['status'] === 'signed_in') await this.enter();
    return answer;
  }

  /** Who is signed in, and the token that changes need. */
  async enter(): Promise<BrowserAnswer> {
    const session = await this.send('GET', '/auth/session');
    this.csrf = session.body['csrf_token'] ?? null;
    return session;
  }

  /** What it has been given to keep. */
  get kept(): readonly string[] {
    return [...this.cookies.values()];
  }
}
