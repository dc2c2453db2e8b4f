import { contractRecord } from '@hub/connector-contract-suite';
import { createProviders } from '@hub/connector-providers';
import {
  type Connector,
  type ConnectorContext,
  type DeliveryRecord,
  type LimitReading,
  type OAuthApp,
  type PulledRecord,
  type PullRequest,
  type RecordOutcome,
} from '@hub/connector-sdk';
import { createSafeHttp, type ClosableSafeHttp, type JsonObject, type SafeHttp } from '@hub/platform';
import { startTestSandbox, type TestSandbox } from '@hub/testing';

export interface NetSuiteAccount {
  readonly accountId: string;
  readonly username: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
  readonly certificateId: string;
  readonly certificatePrivateKey: string;
}

export const REDIRECT = 'http://localhost:1718/oauth/netsuite/callback';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const STATE = 'a-state-of-22-letters-or-more';

export type NetSuite = Required<
  Pick<Connector, 'pull' | 'readRecords' | 'oauth' | 'refreshCredentials' | 'describeObjects' | 'describeFields'>
> &
  Connector;

/** The connector, and the stand-in that it talks to. */
export class NetSuiteStage {
  readonly connector = createProviders().find(({ manifest }) => manifest.id === 'netsuite') as NetSuite;
  readonly limits: LimitReading[] = [];
  accounts: readonly NetSuiteAccount[] = [];
  publicClientId = '';
  private made = 0;

  private constructor(
    private readonly sandbox: TestSandbox,
    readonly http: ClosableSafeHttp,
  ) {}

  static async start(): Promise<NetSuiteStage> {
    const sandbox = await startTestSandbox();
    return new NetSuiteStage(sandbox, createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' }));
  }

  async stop(): Promise<void> {
    await this.http.close();
    await this.sandbox.stop();
  }

  /** Lists alone, unless the year of records that the stand-in comes with is asked for. */
  async reset(records = false): Promise<void> {
    await this.control('POST', 'reset', { records });
    await this.control('POST', 'settings', { auto_approve: true, write_delay_ms: 0 });
    const found = await this.control<{ accounts: NetSuiteAccount[]; public_client_id: string }>('GET', 'accounts');
    this.accounts = found.accounts;
    this.publicClientId = found.public_client_id;
    this.limits.length = 0;
  }

  control<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.sandbox.control.vendor<T>('netsuite', method, path, body);
  }

  get url(): string {
    return this.sandbox.control.url('netsuite');
  }

  account(index = 0): NetSuiteAccount {
    return this.accounts[index] as NetSuiteAccount;
  }

  app(client: Partial<Pick<OAuthApp, 'clientId' | 'clientSecret'>> = {}): OAuthApp {
    const { clientId, clientSecret } = this.account();
    return {
      environment: 'production',
      clientId,
      clientSecret,
      endpoints: {
        authorize: `${this.url}/app/login/oauth2/authorize.nl`,
        token: `${this.url}/services/rest/auth/oauth2/v1/token`,
        revoke: `${this.url}/services/rest/auth/oauth2/v1/revoke`,
        api: this.url,
      },
      secrets: {},
      ...client,
    };
  }

  tba(index = 0): JsonObject {
    const { clientId, clientSecret, tokenId, tokenSecret } = this.account(index);
    return {
      consumer_key: clientId,
      consumer_secret: clientSecret,
      token_id: tokenId,
      token_secret: tokenSecret,
    };
  }

  certificate(): JsonObject {
    const { clientId, certificateId, certificatePrivateKey } = this.account();
    return { client_id: clientId, certificate_id: certificateId, private_key: certificatePrivateKey };
  }

  context(credentials: JsonObject, config: JsonObject = {}, parts: Partial<ConnectorContext> = {}): ConnectorContext {
    return {
      // A connection of its own for each: what a connector remembers of one account is not true of the next.
      connectionId: `con_${++this.made}`,
      config: {
        account_id: this.account().accountId,
        subsidiary_id: '1',
        default_item_id: '21',
        income_account_id: '6',
        ...config,
      },
      credentials,
      oauthApp: this.app(),
      reportLimit: (reading) => this.limits.push(reading),
      http: this.http,
      signal: new AbortController().signal,
      ...parts,
    };
  }

  async signIn(app = this.app(), config: JsonObject = {}, hint = this.account().username): Promise<JsonObject> {
    const context = { ...this.context({}, config), oauthApp: app };
    const url = this.connector.oauth.authorizeUrl({
      app,
      config: context.config,
      redirectUri: REDIRECT,
      state: STATE,
      codeChallenge: CHALLENGE,
    });
    const landed = await fetch(`${url}&login_hint=${encodeURIComponent(hint)}`, { redirect: 'manual' });
    const callback = new URL(landed.headers.get('location') ?? '');
    if (callback.searchParams.get('state') !== STATE) throw new Error('another state');
    const granted = await this.connector.oauth.exchangeCode(context, {
      parameters: Object.fromEntries(callback.searchParams),
      redirectUri: REDIRECT,
      codeVerifier: VERIFIER,
    });
    if (!granted.ok) throw new Error(granted.error.code);
    return granted.value.credentials;
  }

  payload(members: JsonObject, overrides: Partial<DeliveryRecord> = {}): DeliveryRecord {
    return contractRecord({ payloadText: JSON.stringify(members), ...overrides });
  }

  async deliver(context: ConnectorContext, operation: string, members: JsonObject): Promise<RecordOutcome> {
    const [outcome] = await this.connector.deliver(context, operation, [this.payload(members)]);
    return outcome as RecordOutcome;
  }

  async written(context: ConnectorContext, operation: string, members: JsonObject): Promise<string> {
    const outcome = await this.deliver(context, operation, members);
    if (!outcome.ok || outcome.externalId === null) throw new Error(JSON.stringify(outcome));
    return outcome.externalId;
  }

  async records(type: string, account = this.account().accountId): Promise<Record<string, unknown>[]> {
    const query = new URLSearchParams({ account, type, limit: '10000' }).toString();
    return (await this.control<{ records: Record<string, unknown>[] }>('GET', `records?${query}`)).records;
  }

  async seed(records: readonly JsonObject[]): Promise<string[]> {
    return (await this.control<{ ids: string[] }>('POST', 'seed', { records })).ids;
  }

  async calls(path: string): Promise<{ method: string; path: string; request_body: string }[]> {
    const query = new URLSearchParams({ limit: '5000', path }).toString();
    const found = await this.control<{ entries: { method: string; path: string; request_body: string }[] }>(
      'GET',
      `requests?${query}`,
    );
    return found.entries;
  }

  /** All pages from the cursor on. */
  async pullAll(
    context: ConnectorContext,
    request: Partial<PullRequest> & { object: string },
  ): Promise<{ records: PulledRecord[]; cursor: JsonObject; pages: number }> {
    const records: PulledRecord[] = [];
    let cursor = request.cursor ?? null;
    for (let pages = 1; pages < 100; pages++) {
      const page = await this.connector.pull(context, { mode: 'changes', since: null, ...request, cursor });
      if (!page.ok) throw new Error(`${page.error.code}: ${page.error.message}`);
      records.push(...page.value.records);
      // As the hub keeps it.
      cursor = JSON.parse(JSON.stringify(page.value.cursor)) as JsonObject;
      if (page.value.done) return { records, cursor, pages };
    }
    throw new Error('the pull never ends');
  }
}

/** Real calls whose answers seem to have taken that long. */
export function slowed(http: SafeHttp, durationMs: number): SafeHttp {
  return {
    request: async (request) => {
      const result = await http.request(request);
      return result.ok ? { ok: true, value: { ...result.value, durationMs } } : result;
    },
  };
}
