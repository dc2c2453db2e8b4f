import { contractRecord } from '@hub/connector-contract-suite';
import { createProviders } from '@hub/connector-providers';
import {
  type Connector,
  type ConnectorContext,
  type OAuthApp,
  type PulledRecord,
  type PullRequest,
  type RecordOutcome,
} from '@hub/connector-sdk';
import { createSafeHttp, type ClosableSafeHttp, type JsonObject } from '@hub/platform';
import { startTestSandbox, type SalesforceAccount, type TestSandbox } from '@hub/testing';

const REDIRECT = 'http://localhost:1717/OauthRedirect';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

type Salesforce = Required<Pick<Connector, 'pull' | 'readRecords' | 'oauth' | 'hooks' | 'refreshCredentials'>> &
  Connector;

/** The connector, and the stand-in that it talks to. */
export class SalesforceStage {
  readonly connector = createProviders().find(({ manifest }) => manifest.id === 'salesforce') as Salesforce;
  account!: SalesforceAccount;

  private constructor(
    readonly sandbox: TestSandbox,
    private readonly http: ClosableSafeHttp,
  ) {}

  static async start(): Promise<SalesforceStage> {
    const sandbox = await startTestSandbox();
    return new SalesforceStage(sandbox, createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' }));
  }

  async stop(): Promise<void> {
    await this.http.close();
    await this.sandbox.stop();
  }

  async reset(): Promise<void> {
    await this.control('POST', 'reset');
    this.account = (await this.sandbox.control.accounts())[0] as SalesforceAccount;
  }

  control<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.sandbox.control.vendor<T>('salesforce', method, path, body);
  }

  set(settings: object): Promise<unknown> {
    return this.control('POST', 'settings', settings);
  }

  async seed(records: readonly JsonObject[]): Promise<string[]> {
    return (await this.control<{ ids: string[] }>('POST', 'seed', { records })).ids;
  }

  records(object: string): Promise<readonly Record<string, unknown>[]> {
    return this.sandbox.control.records(object, this.account.orgId);
  }

  context(credentials: JsonObject, config: JsonObject = {}): ConnectorContext {
    return {
      connectionId: 'con_1',
      config,
      credentials,
      oauthApp: this.app(),
      reportLimit: () => undefined,
      http: this.http,
      signal: new AbortController().signal,
    };
  }

  async signIn(): Promise<ConnectorContext> {
    await this.set({ auto_approve: true });
    const url = this.connector.oauth.authorizeUrl({
      app: this.app(),
      config: {},
      redirectUri: REDIRECT,
      state: 'the-state',
      codeChallenge: CHALLENGE,
    });
    const landed = await fetch(url, { redirect: 'manual' });
    const callback = new URL(landed.headers.get('location') ?? '');
    expect(callback.searchParams.get('state')).toBe('the-state');
    const granted = await this.connector.oauth.exchangeCode(this.context({}), {
      parameters: Object.fromEntries(callback.searchParams),
      redirectUri: REDIRECT,
      codeVerifier: VERIFIER,
    });
    if (!granted.ok) throw new Error(granted.error.message);
    expect(granted.value.account.id).toBe(this.account.orgId);
    return this.context(granted.value.credentials);
  }

  /** @param payloads as text, where a digit of a number matters. */
  deliver(
    given: ConnectorContext,
    operation: string,
    payloads: readonly (JsonObject | string)[],
  ): Promise<readonly RecordOutcome[]> {
    const records = payloads.map((payload) =>
      contractRecord({ payloadText: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
    );
    return this.connector.deliver(given, operation, records);
  }

  /** All pages from the cursor on. */
  async pullAll(
    given: ConnectorContext,
    request: Partial<PullRequest> & { object: string },
  ): Promise<{ records: PulledRecord[]; cursor: JsonObject; pages: number }> {
    const records: PulledRecord[] = [];
    let cursor = request.cursor ?? null;
    for (let pages = 1; ; pages++) {
      const page = await this.connector.pull(given, { mode: 'changes', since: null, ...request, cursor });
      if (!page.ok) throw new Error(`${page.error.code}: ${page.error.message}`);
      records.push(...page.value.records);
      cursor = page.value.cursor;
      if (page.value.done) return { records, cursor, pages };
    }
  }

  /** The record as it is pulled, in the text that the connector makes of it. */
  async readText(given: ConnectorContext, object: string, id: string): Promise<string> {
    const read = await this.connector.readRecords(given, object, [id]);
    if (!read.ok) throw new Error(read.error.message);
    return read.value[0]?.dataText ?? '';
  }

  private app(): OAuthApp {
    return {
      environment: 'production',
      clientId: this.account.clientId,
      clientSecret: this.account.clientSecret,
      endpoints: { login: this.sandbox.control.salesforceUrl },
      secrets: {},
    };
  }
}
