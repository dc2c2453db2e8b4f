import { systemActor } from '@hub/audit';
import { listSsoDomains, replaceSsoDomains, TenantDb } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { SsoDomainsService, type TxtLookup } from './sso-domains.service';
import { type SsoService } from './sso.service';

describe('the proof of a domain', () => {
  let database: TestDatabase;
  let tenants: TenantDb;
  let records: Map<string, string[][]>;
  let asked: string[];
  let domains: SsoDomainsService;
  const actor = systemActor('retention');

  beforeAll(async () => {
    database = await createTestDatabase();
    tenants = new TenantDb(database.app);
  });
  afterAll(() => database?.close());
  beforeEach(() => {
    records = new Map();
    asked = [];
    const lookUp: TxtLookup = (name) => {
      asked.push(name);
      const found = records.get(name);
      return found === undefined ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(found);
    };
    const sso = { answer: () => Promise.resolve({}) } as unknown as SsoService;
    domains = new SsoDomainsService(tenants, database.operator, sso, lookUp);
  });

  const newTenant = async (token: string, ...names: string[]): Promise<string> => {
    const { id } = await database.createTenant();
    await tenants.run(id, (tx) =>
      replaceSsoDomains(
        tx,
        names.map((domain) => ({ domain, token })),
      ),
    );
    return id;
  };
  const verified = async (id: string): Promise<string[]> =>
    (await tenants.run(id, listSsoDomains)).filter((row) => row.verified_by === 'dns').map(({ domain }) => domain);

  it('is what its DNS says, in one piece or several', async () => {
    const id = await newTenant('mine', 'one.example', 'two.example', 'wrong.example', 'silent.example');
    records.set('_integration-hub.one.example', [['v=spf1'], ['integration-hub-verification=mine']]);
    records.set('_integration-hub.two.example', [['integration-hub-', 'verification=mine']]);
    records.set('_integration-hub.wrong.example', [['integration-hub-verification=theirs']]);
    expect((await domains.verify(id, actor)).ok).toBe(true);
    expect(await verified(id)).toEqual(['one.example', 'two.example']);
    // What is proved is not asked for again, and stays when other domains are named.
    asked = [];
    await domains.verify(id, actor);
    expect(asked.sort()).toEqual(['_integration-hub.silent.example', '_integration-hub.wrong.example']);
    await tenants.run(id, (tx) =>
      replaceSsoDomains(
        tx,
        ['one.example', 'new.example'].map((domain) => ({ domain, token: 'other' })),
      ),
    );
    expect(await verified(id)).toEqual(['one.example']);
  });

  it('is one tenant’s alone', async () => {
    const [first, second] = [
      await newTenant('a', 'shared.example'),
      await newTenant('b', 'shared.example', 'own.example'),
    ];
    records.set('_integration-hub.shared.example', [
      ['integration-hub-verification=a'],
      ['integration-hub-verification=b'],
    ]);
    records.set('_integration-hub.own.example', [['integration-hub-verification=b']]);
    expect((await domains.verify(first, actor)).ok).toBe(true);
    expect(await domains.verify(second, actor)).toMatchObject({ ok: false, error: { code: 'domain_taken' } });
    expect([await verified(first), await verified(second)]).toEqual([['shared.example'], ['own.example']]);
  });
});
