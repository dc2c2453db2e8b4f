import { contractRecord, startFaultyServer, type FaultyServer, type SeenRequest } from '@hub/connector-contract-suite';
import {
  type ConnectorContext,
  type DeliveryRecord,
  type ErrorCategory,
  type LimitReading,
  type RecordOutcome,
} from '@hub/connector-sdk';
import { createSafeHttp, type ClosableSafeHttp, type JsonObject } from '@hub/platform';
import { FakeSalesforce } from './fake-salesforce.helper-spec';

export const CREDENTIALS = {
  client_id: 'the-client-id',
  client_secret: 'canary-client-secret',
  refresh_token: 'canary-refresh-token',
  access_token: 'canary-access-token',
};

/** An org of recorded shapes behind a server that can be told to fail, new for each test. */
export interface FakeOrg {
  readonly server: FaultyServer;
  readonly org: FakeSalesforce;
  /** What the connector has said of limits. */
  readonly readings: readonly LimitReading[];
  context(config?: JsonObject, credentials?: JsonObject): ConnectorContext;
  /** Calls that have written. */
  writes(): readonly SeenRequest[];
}

/** For the top of a file. */
export function useFakeOrg(): FakeOrg {
  let server: FaultyServer;
  let http: ClosableSafeHttp;
  let org: FakeSalesforce;
  let readings: LimitReading[] = [];
  beforeEach(async () => {
    readings = [];
    org = new FakeSalesforce(() => server.origin);
    server = await startFaultyServer(org.handle);
    http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' });
  });
  afterEach(async () => {
    await server.close();
    await http.close();
  });
  return {
    get server() {
      return server;
    },
    get org() {
      return org;
    },
    get readings() {
      return readings;
    },
    context: (config = {}, credentials = CREDENTIALS) => ({
      connectionId: 'con_1',
      config: { instance_url: server.origin, login_url: server.origin, ...config },
      credentials,
      oauthApp: null,
      reportLimit: (reading) => void readings.push(reading),
      http,
      signal: new AbortController().signal,
    }),
    writes: () => server.requests.filter(({ method }) => method === 'PATCH'),
  };
}

export function record(payload: unknown, overrides: Partial<DeliveryRecord> = {}): DeliveryRecord {
  return contractRecord({
    payloadText: typeof payload === 'string' ? payload : JSON.stringify(payload),
    ...overrides,
  });
}

export function categoriesOf(outcomes: readonly RecordOutcome[]): readonly (ErrorCategory | 'ok')[] {
  return outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.category));
}

export function codesOf(outcomes: readonly RecordOutcome[]): readonly string[] {
  return outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.code));
}
