import { type TestDatabase } from '@hub/testing';
import { stageInProcessApi, type InProcessApi } from './in-process-api';

type Body = Readonly<Record<string, unknown>>;
type Method = Parameters<InProcessApi['send']>[1];

const ENDPOINTS = '/v1/webhook-endpoints';
const SETTINGS = { url: 'https://example.com/hook', event_types: ['delivery.*'] };

describe('webhook endpoints', () => {
  let database: TestDatabase;
  let api: InProcessApi;
  let tenant: { readonly id: string; readonly key: string };
  stageInProcessApi((...made) => ([api, database] = made));
  beforeEach(async () => {
    tenant = await api.newTenant();
  });

  async function ask(
    method: Method,
    path: string,
    body?: Body,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ status: number; headers: Readonly<Record<string, unknown>>; body: Body }> {
    const sent = body === undefined ? { headers } : { headers, payload: body };
    const answer = await api.send(tenant.key, method, ENDPOINTS + path, sent);
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: answer.body === '' ? {} : (JSON.parse(answer.body) as Body),
    };
  }

  const cursors = async (): Promise<number> => {
    const { rows } = await database.asSuperuser((client) =>
      client.query<{ n: number }>(`select count(*)::int as n from hub_event_cursors where tenant_id = $1`, [tenant.id]),
    );
    return rows[0]?.n ?? -1;
  };

  it('show their secret once, and never their headers', async () => {
    const made = await ask('POST', '', { ...SETTINGS, headers: { Authorization: 'Bearer of-the-receiver' } });
    expect(made).toMatchObject({
      status: 201,
      headers: { 'cache-control': 'no-store', location: `${ENDPOINTS}/${String(made.body['id'])}` },
      body: { ...SETTINGS, enabled: true, header_names: ['Authorization'], needs_attention: false },
    });
    expect(made.body['secret']).toMatch(/^whsec_/);
    const shown = JSON.stringify([(await ask('GET', '')).body, (await ask('GET', `/${String(made.body['id'])}`)).body]);
    expect(shown).not.toContain('whsec_');
    expect(shown).not.toContain('of-the-receiver');
    const kept = await database.asSuperuser(async (client) =>
      JSON.stringify(
        (await client.query(`select to_jsonb(c) from connections c where tenant_id = $1`, [tenant.id])).rows,
      ),
    );
    expect(kept).not.toContain(String(made.body['secret']).slice(6));
    expect(kept).not.toContain('of-the-receiver');
  });

  it('keep no secret for a repeat', async () => {
    const once = { 'idempotency-key': 'k-1' };
    const first = await ask('POST', '', SETTINGS, once);
    const repeat = await ask('POST', '', SETTINGS, once);
    expect(repeat).toMatchObject({ status: 201, body: { id: first.body['id'], secret: null } });
    expect((await ask('GET', '')).body['data']).toHaveLength(1);
  });

  it('are changed member by member, and a change that is refused changes nothing', async () => {
    const { body: made } = await ask('POST', '', { ...SETTINGS, headers: { 'X-Team': 'a' } });
    const at = `/${String(made['id'])}`;
    expect(await ask('PATCH', at, { url: 'https://example.com/other', description: 'theirs' })).toMatchObject({
      status: 200,
      body: { url: 'https://example.com/other', description: 'theirs', header_names: ['X-Team'] },
    });
    expect(await ask('PATCH', at, { headers: {}, event_types: ['sync.*'] })).toMatchObject({
      body: { url: 'https://example.com/other', header_names: [], event_types: ['sync.*'] },
    });
    expect(await ask('GET', `${at}/secret`)).toMatchObject({ body: { secret: made['secret'] } });
    const refused = await ask('PATCH', at, { url: 'https://example.com/third', headers: { 'Webhook-Id': 'x' } });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/headers/Webhook-Id' }] } });
    expect(await ask('PATCH', at, {})).toMatchObject({ status: 400 });
    expect((await ask('GET', at)).body).toMatchObject({ url: 'https://example.com/other', event_types: ['sync.*'] });
    expect(await ask('PATCH', at, { enabled: false })).toMatchObject({
      body: { enabled: false, disabled_reason: 'user', needs_attention: false },
    });
    expect(await ask('PATCH', at, { enabled: true })).toMatchObject({ body: { enabled: true, disabled_at: null } });
  });

  it('send kept headers to no other host', async () => {
    const { body: made } = await ask('POST', '', { ...SETTINGS, headers: { Authorization: 'Bearer of-the-receiver' } });
    const at = `/${String(made['id'])}`;
    const elsewhere = { url: 'https://elsewhere.example/hook' };
    expect(await ask('PATCH', at, elsewhere)).toMatchObject({
      status: 422,
      body: { code: 'credentials_required', errors: [{ pointer: '/url', code: 'credentials_required' }] },
    });
    expect((await ask('GET', at)).body).toMatchObject({ url: SETTINGS.url });
    expect(await ask('PATCH', at, { ...elsewhere, headers: { Authorization: 'Bearer of-the-new-one' } })).toMatchObject(
      {
        status: 200,
        body: elsewhere,
      },
    );
    expect(await ask('PATCH', at, { url: SETTINGS.url, headers: {} })).toMatchObject({ body: { header_names: [] } });
    expect(await ask('PATCH', at, elsewhere)).toMatchObject({ status: 200, body: elsewhere });
  });

  it('have the bus read for them, and nobody reads it once the last one is deleted', async () => {
    expect(await cursors()).toBe(0);
    const made = [await ask('POST', '', SETTINGS), await ask('POST', '', SETTINGS)];
    expect(await cursors()).toBe(1);
    const left: number[] = [];
    for (const { body } of made) {
      expect(await ask('DELETE', `/${String(body['id'])}`)).toMatchObject({ status: 204 });
      expect(await ask('GET', `/${String(body['id'])}`)).toMatchObject({ status: 404 });
      left.push(await cursors());
    }
    expect(left).toEqual([1, 0]);
  });

  it('are as many as fifty', async () => {
    const fifty = await Promise.all(Array.from({ length: 51 }, () => ask('POST', '', SETTINGS)));
    const refused = fifty.filter(({ status }) => status !== 201);
    expect(refused).toMatchObject([{ status: 409, body: { code: 'too_many_webhook_endpoints' } }]);
  });

  it('say what is wrong with what they are asked', async () => {
    const { body } = await ask('POST', '', SETTINGS);
    const at = `/${String(body['id'])}`;
    const longAgo = new Date(Date.now() - 8 * 86_400_000).toISOString();
    expect(await ask('POST', `${at}/recover`, { since: longAgo })).toMatchObject({
      status: 422,
      body: { code: 'too_long_ago', errors: [{ pointer: '/since' }] },
    });
    expect(await ask('GET', `${at}/statistics?from=${longAgo}`)).toMatchObject({ status: 422 });
    expect(await ask('POST', `${at}/rotate-secret`, { overlap_hours: 169 })).toMatchObject({ status: 400 });
    expect(await ask('POST', `${at}/test`, { event_type: 'nothing.such' })).toMatchObject({
      status: 422,
      body: { code: 'unknown_event_type' },
    });
    expect(await ask('GET', `${at}/deliveries?colour=red`)).toMatchObject({ status: 400 });
    expect(await ask('GET', `${at}/statistics`)).toMatchObject({
      status: 200,
      body: { notices: { total: 0 }, attempts: { total: 0, median_ms: null } },
    });
  });
});
