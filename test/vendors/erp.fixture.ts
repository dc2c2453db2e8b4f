import { contractRecord } from '@hub/connector-contract-suite';
import { createProviders } from '@hub/connector-providers';
import {
  type Connector,
  type ConnectorContext,
  type ConnectorError,
  type DeliveryRecord,
  type PulledRecord,
  type PullPage,
  type PullRequest,
  type RecordOutcome,
} from '@hub/connector-sdk';
import { createSafeHttp, type ClosableSafeHttp, type JsonObject, type Result } from '@hub/platform';
import { startTestSandbox, type TestSandbox } from '@hub/testing';

export interface ErpAccount {
  readonly companyCode: string;
  readonly username: string;
  readonly password: string;
  readonly endpoint: string;
  readonly tlsEndpoint: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly caCertificate: string;
}

export interface ErpRow {
  readonly key: string;
  readonly row_version: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

type ErpConnector = Connector & Required<Pick<Connector, 'pull' | 'readRecords' | 'describeFields'>>;

/** The connector and a system that behaves as badly as it is told to. */
export class ErpFixture {
  readonly connector: ErpConnector;
  accounts: readonly ErpAccount[] = [];

  private constructor(
    private readonly sandbox: TestSandbox,
    readonly http: ClosableSafeHttp,
  ) {
    const found = createProviders().find(({ manifest }) => manifest.id === 'erp');
    this.connector = found as ErpConnector;
  }

  static async start(): Promise<ErpFixture> {
    const sandbox = await startTestSandbox();
    return new ErpFixture(sandbox, createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' }));
  }

  async stop(): Promise<void> {
    await this.http.close();
    await this.sandbox.stop();
  }

  /** With Basic, because a virtual clock would make every digest too old. */
  async reset(settings: JsonObject = {}): Promise<void> {
    await this.control('POST', 'reset');
    await this.settings({ auth_modes: ['basic', 'wsse_digest', 'wsse_text'], call_delay_ms: 0, ...settings });
    this.accounts = (await this.control<{ accounts: ErpAccount[] }>('GET', 'accounts')).accounts;
  }

  control<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.sandbox.control.vendor<T>('erp', method, path, body);
  }

  settings(settings: JsonObject): Promise<unknown> {
    return this.control('POST', 'settings', settings);
  }

  advance(ms: number): Promise<unknown> {
    return this.control('POST', 'clock', { advance_ms: ms });
  }

  account(index = 0): ErpAccount {
    const account = this.accounts[index];
    if (account === undefined) throw new Error('the sandbox has two companies');
    return account;
  }

  context(config: JsonObject = {}, credentials?: JsonObject): ConnectorContext {
    const { endpoint, username, password } = this.account();
    return {
      connectionId: 'con_1',
      config: { endpoint, auth: 'basic', time_zone: 'Europe/Berlin', pull_gap_ms: 0, ...config },
      credentials: credentials ?? { username, password },
      oauthApp: null,
      reportLimit: () => undefined,
      http: this.http,
      signal: new AbortController().signal,
    };
  }

  async seed(body: JsonObject): Promise<string[]> {
    return (await this.control<{ keys: string[] }>('POST', 'seed', body)).keys;
  }

  async rows(entity: string, q: string): Promise<readonly ErpRow[]> {
    const query = new URLSearchParams({ entity, q, limit: '10000' });
    return (await this.control<{ records: ErpRow[] }>('GET', `records?${query.toString()}`)).records;
  }

  /** How many messages the system has seen so far. */
  async calls(): Promise<number> {
    const { entries } = await this.control<{ entries: { method: string }[] }>('GET', 'requests?limit=2000');
    return entries.filter(({ method }) => method === 'POST').length;
  }

  async deliver(
    operation: string,
    payload: unknown,
    given: { readonly context?: ConnectorContext; readonly record?: Partial<DeliveryRecord> } = {},
  ): Promise<RecordOutcome> {
    const payloadText = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const record = contractRecord({ payloadText, ...given.record });
    const [outcome] = await this.connector.deliver(given.context ?? this.context(), operation, [record]);
    if (outcome === undefined) throw new Error('no outcome');
    return outcome;
  }

  page(context: ConnectorContext, request: Partial<PullRequest>): Promise<Result<PullPage, ConnectorError>> {
    return this.connector.pull(context, { object: 'Customer', mode: 'changes', cursor: null, since: null, ...request });
  }

  /** All pages from the cursor on, each through JSON, as the database keeps cursors. */
  async pull(context: ConnectorContext, request: Partial<PullRequest> = {}): Promise<Pulled> {
    const records: PulledRecord[] = [];
    let cursor = request.cursor ?? null;
    for (let pages = 1; pages < 500; pages++) {
      const page = await this.page(context, { ...request, cursor });
      if (!page.ok) return { records, cursor: cursor ?? {}, pages, error: page.error };
      records.push(...page.value.records);
      cursor = JSON.parse(JSON.stringify(page.value.cursor)) as JsonObject;
      if (page.value.done) return { records, cursor, pages, error: null };
    }
    throw new Error('the listing does not end');
  }
}

export interface Pulled {
  readonly records: readonly PulledRecord[];
  readonly cursor: JsonObject;
  readonly pages: number;
  readonly error: ConnectorError | null;
}

export function idsOf({ records }: Pick<Pulled, 'records'>): string[] {
  return records.map(({ id }) => id);
}

export function dataOf(record: PulledRecord | undefined): JsonObject {
  return JSON.parse(record?.dataText ?? 'null') as JsonObject;
}
