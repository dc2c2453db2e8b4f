import { TenantDb } from '@hub/tenancy';
import { type TestDatabase } from '@hub/testing';
import { recordWrites } from '@hub/sync';
import { newUuid, toPublicId } from '@hub/platform';
import { books, crm } from '../recipes/fixtures/fake-systems';
import { faultsOf } from '../../fixtures/faults-of';
import { stageApi } from '../../fixtures/stage-api';
import { startLinkingApi, type Answer, type LinkingApi } from '../recipes/fixtures/linking-api';

let database: TestDatabase;
let api: LinkingApi;
let tenant: { id: string; key: string };
let source: { id: string; uuid: string };
let target: { id: string; uuid: string };

stageApi(
  (created) => startLinkingApi(created, [crm(), books()]),
  (...made) => ([api, database] = made),
);
beforeEach(async () => {
  tenant = await api.newTenant();
  source = await api.connect(tenant.id, 'crm');
  target = await api.connect(tenant.id, 'books');
  api.rung.drains.length = 0;
});

interface Link {
  id: string;
  type: string;
  ends: { id: string; connection_id: string | null; source: string | null; record_id: string }[];
}
const call = <T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>> =>
  api.call<T>(tenant.key, method, `/v1/links${path}`, body);
const link = async (...ends: object[]): Promise<Link> => {
  const made = await call<Link>('POST', '', { type: 'customer', ends });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return made.body;
};
const found = async (search: string): Promise<string[]> =>
  (await call<{ data: Link[] }>('GET', search)).body.data.map((one) =>
    one.ends
      .map((end) => end.record_id)
      .sort()
      .join(' '),
  );

describe('/v1/links', () => {
  it('creates, reads, finds and deletes', async () => {
    const made = await link({ connection_id: source.id, record_id: 'A1' }, { source: 'shop', record_id: 'c-1' });
    expect(made).toMatchObject({
      type: 'customer',
      ends: [
        { connection_id: source.id, source: null, record_id: 'A1', deleted: false, written_at: null, seen_at: null },
        { connection_id: null, source: 'shop', record_id: 'c-1' },
      ],
    });
    expect((await call('GET', `/${made.id}`)).body).toEqual(made);
    await link({ connection_id: source.id, record_id: 'A2' }, { connection_id: target.id, record_id: '58' });
    expect(await found('?record_id=58')).toEqual(['58 A2']);
    expect(await found(`?connection_id=${source.id}&limit=1`)).toEqual(['58 A2']);
    expect(await found('?source=shop')).toEqual(['A1 c-1']);
    expect(await found('?type=invoice')).toEqual([]);
    expect(await found('?deleted=true')).toEqual([]);
    expect((await call('GET', '?limit=1')).body['next_cursor']).toEqual(expect.any(String));
    expect((await call('DELETE', `/${made.id}`)).status).toBe(204);
    expect((await call('GET', `/${made.id}`)).status).toBe(404);
  });

  it('shows what was written and what a pull has seen', async () => {
    await new TenantDb(database.app).run(tenant.id, (tx) =>
      recordWrites(tx, [
        {
          type: 'customer',
          target: { system: { connectionId: target.uuid, source: '' }, recordId: '58' },
          source: { system: { connectionId: source.uuid, source: '' }, recordId: 'A1' },
          eventId: 'e-1',
          write: { payloadText: '{}', version: '4', created: true, startedAt: new Date() },
        },
      ]),
    );
    const { body } = await call<{ data: Link[] }>('GET', '?record_id=58');
    expect(body.data[0]?.ends.find((end) => end.record_id === '58')).toMatchObject({
      version_written: '4',
      written_at: expect.any(String),
    });
  });

  it.each<[object, string[]]>([
    [{ type: 'customer', ends: [] }, ['/ends']],
    [
      {
        type: ' ',
        ends: [
          { source: 'a', record_id: '1' },
          { source: 'b', record_id: '1' },
        ],
      },
      ['/type'],
    ],
    [
      { type: 'x', ends: [{ record_id: '1' }, { source: 'b', connection_id: 'con_x', record_id: '1' }] },
      ['/ends/0', '/ends/1'],
    ],
    [
      {
        type: 'x',
        ends: [
          { source: 'a', record_id: ' ' },
          { source: 'b', record_id: '1', note: 'x' },
        ],
      },
      ['/ends/0/record_id', '/ends/1/note'],
    ],
  ])('refuses %j', async (body, pointers) => {
    const answer = await call('POST', '', body);
    expect([answer.status, faultsOf(answer).map((fault) => fault.split(' ')[0])]).toEqual([400, pointers]);
  });

  it('refuses unknown filters, connections of nobody, and who may not', async () => {
    expect((await call('GET', '?system=x')).status).toBe(400);
    const ends = [
      { connection_id: 'con_nonsense', record_id: '1' },
      { source: 'a', record_id: '1' },
    ];
    const answer = await call('POST', '', { type: 'x', ends });
    expect([answer.status, faultsOf(answer)]).toEqual([422, ['/ends/0/connection_id unknown_connection']]);
    const reader = await api.newTenant(['config:read']);
    expect((await api.call(reader.key, 'POST', '/v1/links', {})).status).toBe(403);
    expect((await api.call(reader.key, 'GET', '/v1/links')).body).toEqual({ data: [], next_cursor: null });
    expect((await api.call(null, 'GET', '/v1/links')).status).toBe(401);
  });

  it('merges, takes an end out, and says what is in the way', async () => {
    const one = await link(
      { connection_id: source.id, record_id: 'A1' },
      { connection_id: target.id, record_id: '58' },
    );
    const two = await link({ source: 'shop', record_id: 'c-1' }, { source: 'web', record_id: 'w-1' });
    const merged = await call<Link>('POST', `/${one.id}/merge`, { link_id: two.id });
    expect([merged.status, merged.body.ends.length]).toEqual([200, 4]);
    const three = await link({ source: 'shop', record_id: 'c-2' }, { source: 'app', record_id: 'a' });
    const refused = await call('POST', `/${one.id}/merge`, { link_id: three.id });
    expect([refused.status, refused.body['code'], faultsOf(refused)]).toEqual([
      409,
      'links_contradict',
      ['/link_id same_system'],
    ]);
    const shop = merged.body.ends.find((end) => end.source === 'shop');
    expect((await call('DELETE', `/${one.id}/ends/${shop?.id}`)).status).toBe(204);
    expect((await call('DELETE', `/${one.id}/ends/${shop?.id}`)).status).toBe(404);
    expect((await call('POST', `/${one.id}/merge`, { link_id: three.id })).status).toBe(200);
    expect((await call('POST', `/${one.id}/merge`, { link_id: 'nonsense' })).status).toBe(422);
  });

  it('keeps one tenant’s links from another', async () => {
    const made = await link({ connection_id: source.id, record_id: 'A1' }, { source: 'shop', record_id: 'c-1' });
    const other = await api.newTenant();
    const asOther = (method: string, path: string, body?: unknown): Promise<Answer> =>
      api.call(other.key, method, `/v1/links${path}`, body);
    expect((await asOther('GET', `/${made.id}`)).status).toBe(404);
    expect((await asOther('DELETE', `/${made.id}`)).status).toBe(404);
    expect((await asOther('DELETE', `/${made.id}/ends/${made.ends[0]?.id}`)).status).toBe(404);
    expect((await asOther('POST', `/${made.id}/merge`, { link_id: made.id })).status).toBe(404);
    const ends = [
      { connection_id: source.id, record_id: '1' },
      { source: 'a', record_id: '1' },
    ];
    expect((await asOther('POST', '', { type: 'x', ends })).status).toBe(422);
  });

  it('wakes deliveries that wait for what is linked by hand', async () => {
    await database.asSuperuser((client) =>
      client.query(
        `insert into deliveries (tenant_id, tracking_id, connection_id, route_id, operation, ordering_mode, status, reason, next_attempt_at, last_error)
         values ($1, $2, $3, $2, 'invoice.upsert', 'strict', 'pending', 'waiting_for_link', now() + interval '1 hour',
                 '{"category": "validation", "code": "x", "message": "", "link": {"type": "customer", "id": "A1", "system": "books"}}')`,
        [tenant.id, newUuid(), target.uuid],
      ),
    );
    await link({ source: 'shop', record_id: 'other' }, { source: 'web', record_id: 'w' });
    expect(api.rung.drains).toEqual([]);
    await link({ connection_id: source.id, record_id: 'A1' }, { connection_id: target.id, record_id: '58' });
    expect(api.rung.drains).toEqual([target.uuid]);
    const [row] = await new TenantDb(database.app).run(tenant.id, (tx) =>
      tx.query<{ due: boolean }>(`select next_attempt_at <= now() as due from deliveries`),
    );
    expect(row?.due).toBe(true);
  });
});

describe('$link in a preview', () => {
  const preview = (body: object): Promise<Answer> => api.call(tenant.key, 'POST', '/v1/mappings/preview', body);
  const expression = '{"books": $link("customer", id, "books"), "own": $link("customer", id, "crm")}';

  it('answers what the hub knows, of the system that the event names, and what the caller gives', async () => {
    await link({ connection_id: source.id, record_id: 'A1' }, { connection_id: target.id, record_id: '58' });
    await link({ source: 'shop', record_id: 'c-1' }, { connection_id: target.id, record_id: '59' });
    const event = { source: `sync/${toPublicId('connection', source.uuid)}` };
    const output = async (body: object): Promise<unknown> => (await preview({ expression, ...body })).body['output'];
    expect(await output({ input: { id: 'A1' }, event })).toEqual({ books: '58', own: 'A1' });
    expect(await output({ input: { id: 'c-1' }, event: { source: 'shop' } })).toEqual({ books: '59' });
    expect(await output({ input: { id: 'A1' } })).toEqual({});
    const links = [
      { type: 'customer', id: 'A1', system: 'books', found: null },
      { type: 'customer', id: 'A1', system: 'crm', found: 'mine' },
    ];
    expect(await output({ input: { id: 'A1' }, event, links })).toEqual({ own: 'mine' });
    const connection = `$link("customer", "A1", "${target.id}")`;
    expect((await preview({ expression: connection, input: {}, event })).body['output']).toBe('58');
  });

  it('says with its place that a link is missing', async () => {
    const answer = await preview({ expression: '\n$linkRequired("customer", "9", "books")', input: {} });
    expect(answer).toMatchObject({ status: 422, body: { code: 'mapping_link_missing', line: 2, column: 1 } });
  });
});
