/** What the sandbox's sink knows of one name. */
export interface SinkView {
  readonly total: number;
  readonly accepted: number;
  readonly distinct_keys: number;
  readonly accepted_distinct_keys: number;
  readonly accepted_duplicates: number;
  readonly requests: readonly SinkRequest[];
}

export interface SinkRequest {
  readonly seq: number;
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly accepted: boolean;
}

export interface SalesforceAccount {
  readonly orgId: string;
  readonly username: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

export interface JournalEntry {
  readonly seq: number;
  readonly method: string;
  readonly path: string;
  readonly request_body: string;
  readonly status: number | null;
  readonly fault: string | null;
}

/** The control plane of the sandbox vendors. */
export class SandboxControl {
  /** @param urls as the sandbox tells them: `index_url`, `salesforce_url`, … */
  constructor(
    private readonly urls: Readonly<Record<string, string>>,
    private readonly token: string,
  ) {}

  get indexUrl(): string {
    return this.url('index');
  }

  get salesforceUrl(): string {
    return this.url('salesforce');
  }

  /** Address of a stand-in. */
  url(vendor: string): string {
    const url = this.urls[`${vendor}_url`];
    if (url === undefined) throw new Error(`the sandbox has no ${vendor}`);
    return url;
  }

  /** A switch of a stand-in's control plane, such as `POST faults`. */
  vendor<T = unknown>(vendor: string, method: string, path: string, body?: unknown): Promise<T> {
    return this.call<T>(method, `${this.url(vendor)}/__admin/${path}`, body);
  }

  /** What a stand-in's control plane shows, as it wrote it: numbers with every digit. */
  async vendorText(vendor: string, path: string): Promise<string> {
    const response = await fetch(`${this.url(vendor)}/__admin/${path}`, {
      headers: { authorization: `Bearer ${this.token}` },
      signal: AbortSignal.timeout(20_000),
    });
    if (!response.ok) throw new Error(`${vendor} answered ${response.status} to ${path}`);
    return response.text();
  }

  sinkUrl(name: string): string {
    return `${this.indexUrl}/sink/${name}`;
  }

  sink(name: string, limit = 10_000): Promise<SinkView> {
    return this.call('GET', `${this.indexUrl}/__admin/sinks/${name}?limit=${limit}`);
  }

  /** Rules as in the sandbox's `sink-behaviour`; none puts it back to taking everything. */
  async behave(name: string, rules: readonly Record<string, unknown>[]): Promise<void> {
    await this.call('PUT', `${this.indexUrl}/__admin/sinks/${name}/behaviour`, { rules });
  }

  async accounts(): Promise<readonly SalesforceAccount[]> {
    const answer = await this.call<{ accounts: SalesforceAccount[] }>('GET', `${this.salesforceUrl}/__admin/accounts`);
    return answer.accounts;
  }

  /** Control of the simulated Salesforce, such as `POST faults`. */
  salesforce<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    return this.vendor<T>('salesforce', method, path, body);
  }

  /** All records of an object in one org. */
  async records(object: string, org: string): Promise<readonly Record<string, unknown>[]> {
    const query = new URLSearchParams({ object, org, limit: '10000' });
    const answer = await this.salesforce<{ records: Record<string, unknown>[] }>('GET', `records?${query.toString()}`);
    return answer.records;
  }

  /** Calls that the simulated Salesforce has seen, oldest first. */
  async calls(filter: Readonly<Record<string, string>>): Promise<readonly JournalEntry[]> {
    const query = new URLSearchParams({ limit: '2000', ...filter });
    const answer = await this.salesforce<{ entries: JournalEntry[] }>('GET', `requests?${query.toString()}`);
    return answer.entries;
  }

  private async call<T>(method: string, url: string, body?: unknown): Promise<T> {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${this.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }
}
