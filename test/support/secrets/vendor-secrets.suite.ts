import { spellings } from '../secret-search';
import {
  accept,
  addRoute,
  connectSink,
  deliveryWhen,
  eventWhen,
  settled,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../staged-hub';
import { type Canaries } from './canaries';

interface NetSuiteAccount {
  readonly accountId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
  readonly certificateId: string;
  readonly certificatePrivateKey: string;
}

interface ErpAccount {
  readonly username: string;
  readonly endpoint: string;
  readonly tlsEndpoint: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly caCertificate: string;
}

interface Stage {
  readonly hub: StagedHub;
  readonly tenant: StagedTenant;
  readonly canaries: Canaries;
}

/** A connection of one of the ways to sign in. */
interface Way {
  readonly connector: 'netsuite' | 'erp';
  readonly config: object;
  readonly credentials: Readonly<Record<string, string>>;
  /** What its vendor gets to see, and may repeat in an error. */
  readonly seen: readonly string[];
}

/** The ways of NetSuite and of the ERP to prove who one is: works, fails, is repeated by the vendor, is taken away. */
export function describeVendorSecrets(stage: () => Stage): void {
  const ways = new Map<string, Way & { readonly id: string }>();

  const told = async (method: string, path: string, body?: unknown): Promise<void> => {
    const { tenant, canaries } = stage();
    canaries.said.push((await tenant.client.send(method, path, { body })).text);
  };
  const send = (way: string): Promise<string> => {
    const key = unique('s');
    const data = way.startsWith('netsuite') ? { externalId: key, companyName: key } : { ExtRef: key, Name: key };
    return accept(stage().tenant.client, { type: `secret.${way}`, subject: key, data });
  };

  async function netSuiteWays(): Promise<Record<string, Way>> {
    const { hub, canaries } = stage();
    const { accounts } = await hub.sandbox.vendor<{ accounts: NetSuiteAccount[] }>('netsuite', 'GET', 'accounts');
    const [first, second] = accounts;
    if (first === undefined || second === undefined) throw new Error('the stand-in has two accounts');
    const config = ({ accountId }: NetSuiteAccount): object => ({
      account_id: accountId,
      subsidiary_id: '1',
      api_url: hub.sandbox.url('netsuite'),
    });
    for (const secret of [first.clientSecret, first.tokenId, first.tokenSecret]) canaries.know(secret);
    return {
      'netsuite-tba': {
        connector: 'netsuite',
        config: config(first),
        credentials: {
          consumer_key: first.clientId,
          consumer_secret: first.clientSecret,
          token_id: first.tokenId,
          token_secret: first.tokenSecret,
        },
        seen: [first.tokenId],
      },
      'netsuite-certificate': {
        connector: 'netsuite',
        config: config(second),
        credentials: {
          client_id: second.clientId,
          certificate_id: second.certificateId,
          private_key: canaries.knowKey(second.certificatePrivateKey),
        },
        seen: [],
      },
    };
  }

  async function erpWays(): Promise<Record<string, Way>> {
    const { hub, canaries } = stage();
    const { accounts } = await hub.sandbox.vendor<{ accounts: ErpAccount[] }>('erp', 'GET', 'accounts');
    const [account] = accounts;
    if (account === undefined) throw new Error('the stand-in has no company');
    const password = canaries.make('erp/with?odd&chars');
    await hub.sandbox.vendor('erp', 'POST', 'credentials', { company: 'acme', password });
    await hub.sandbox.vendor('erp', 'POST', 'settings', {
      auth_modes: ['basic', 'wsse_digest', 'wsse_text', 'certificate'],
      call_delay_ms: 0,
      session_limit: 20,
    });
    const byPassword = (auth: string): Way => ({
      connector: 'erp',
      config: { endpoint: account.endpoint, auth, time_zone: 'Europe/Berlin' },
      credentials: { username: account.username, password },
      // A digest tells nobody the password.
      seen: auth === 'ws_security_digest' ? [] : [password],
    });
    return {
      'erp-digest': byPassword('ws_security_digest'),
      'erp-text': byPassword('ws_security_text'),
      'erp-basic': byPassword('basic'),
      'erp-certificate': {
        connector: 'erp',
        config: { endpoint: account.tlsEndpoint, auth: 'certificate', ca_certificates: account.caCertificate },
        credentials: { certificate: account.clientCertificate, private_key: canaries.knowKey(account.clientKey) },
        seen: [],
      },
    };
  }

  it('when NetSuite and the ERP are signed in to, in each of their ways', async () => {
    const { hub, tenant } = stage();
    await hub.sandbox.vendor('netsuite', 'POST', 'settings', { write_delay_ms: 0 });
    for (const [name, way] of Object.entries({ ...(await netSuiteWays()), ...(await erpWays()) })) {
      const { connector, config, credentials } = way;
      const { id } = await tenant.client.demand<{ id: string }>('POST', '/v1/connections', {
        name: unique(name),
        connector,
        config,
        credentials,
      });
      ways.set(name, { ...way, id });
      await addRoute(tenant, {
        event_type: `secret.${name}`,
        connection_id: id,
        operation: 'customer.upsert',
        retry: { delays_seconds: [600] },
      });
    }
    await Promise.all(
      [...ways].map(async ([name, { id }]) => {
        const { deliveries, status } = await eventWhen(tenant.client, await send(name), settled);
        expect([name, status, deliveries[0]?.last_error]).toEqual([name, 'succeeded', null]);
        await told('POST', `/v1/connections/${id}/test`);
      }),
    );
  }, 60_000);

  it('when the vendor repeats in its error what it was told', async () => {
    const { hub, tenant } = stage();
    for (const [name, { connector, seen }] of ways) {
      const echo = seen.flatMap(spellings).join(' ');
      await hub.sandbox.vendor(connector, 'POST', 'faults', {
        times: 1,
        action: { type: 'status', status: 400, body: JSON.stringify({ error: echo, detail: echo }) },
      });
      const id = await send(name);
      await deliveryWhen(tenant.client, id, ({ last_error: error }) => error !== null);
      await told('GET', `/v1/events/${id}/timeline`);
    }
  }, 60_000);

  it('when access is taken away, and wrong credentials are entered', async () => {
    const { hub, tenant, canaries } = stage();
    const token = ways.get('netsuite-tba')?.credentials['token_id'];
    const certificate = ways.get('netsuite-certificate')?.credentials['certificate_id'] ?? '';
    await hub.sandbox.vendor('netsuite', 'POST', 'tokens/revoke', { token });
    await hub.sandbox.vendor('netsuite', 'DELETE', `certificates/${certificate}`);
    await hub.sandbox.vendor('netsuite', 'POST', 'tokens/expire', {});
    await hub.sandbox.vendor('erp', 'POST', 'credentials', { company: 'acme', password: canaries.make('erp-changed') });
    for (const [name, { id, connector, credentials: given }] of ways) {
      if (name === 'erp-certificate') continue;
      const waiting = await deliveryWhen(tenant.client, await send(name), ({ status }) => status === 'held');
      expect([name, waiting.reason]).toEqual([name, 'connection_needs_reauth']);
      await told('POST', `/v1/connections/${id}/test`);
      const secret = connector === 'erp' ? 'password' : 'private_key' in given ? 'private_key' : 'token_secret';
      await told('PUT', `/v1/connections/${id}/credentials`, { ...given, [secret]: canaries.make('of-nobody') });
      await told('PUT', `/v1/connections/${id}/credentials`, { [secret]: { not: canaries.make('a-text') } });
      await told('POST', `/v1/connections/${id}/test`);
    }
  }, 60_000);

  it('when a token endpoint hands out tokens, and when it refuses', async () => {
    const { hub, tenant, canaries } = stage();
    const [secret, token, tokens] = [canaries.make('client'), canaries.make('access'), unique('tokens')];
    const grant = JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3600 });
    await hub.sandbox.behave(tokens, [{ kind: 'respond', status: 200, body: grant }]);
    const { id, sink } = await connectSink(
      hub,
      tenant,
      { auth: { kind: 'oauth2_client_credentials', token_url: hub.sandbox.sinkUrl(tokens) } },
      { client_id: 'hub', client_secret: secret },
    );
    await addRoute(tenant, { event_type: 'granted.*', connection_id: id });
    const first = await accept(tenant.client, { type: 'granted.up' });
    expect((await eventWhen(tenant.client, first, settled)).status).toBe('succeeded');
    const refusal = JSON.stringify({ error: 'invalid_client', error_description: `${secret} ${token}` });
    await hub.sandbox.behave(sink, [{ kind: 'respond', status: 401, body: refusal }]);
    await hub.sandbox.behave(tokens, [{ kind: 'respond', status: 401, body: refusal }]);
    const second = await accept(tenant.client, { type: 'granted.up' });
    await deliveryWhen(tenant.client, second, ({ last_error: error, status }) => error !== null || status === 'held');
    await told('POST', `/v1/connections/${id}/test`);
    await told('GET', `/v1/events/${second}/timeline`);
  });
}
