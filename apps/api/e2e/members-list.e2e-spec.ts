import { toPublicId } from '@hub/platform';
import { stageInProcessApi, type InProcessApi } from './in-process-api';

interface Listed {
  data: { id: string; status: string; user: { id: string | null; email: string; name: string | null } }[];
  next_cursor: string | null;
}

describe('the list of members', () => {
  let api: InProcessApi;
  let operator: string;
  let tenant: { id: string; key: string };

  stageInProcessApi(async (made) => {
    api = made;
    operator = await api.newOperatorKey();
    tenant = await api.newTenant();
  });

  const list = async (query = ''): Promise<Listed> =>
    (await api.send(tenant.key, 'GET', `/v1/members${query}`)).json<Listed>();
  const post = async (key: string, url: string, payload: object): Promise<number> =>
    (await api.send(key, 'POST', url, { payload })).statusCode;
  const invite = (email: string): Promise<number> => post(tenant.key, '/v1/members', { email, role: 'viewer' });

  it('is read page by page, newest first, those among them who are only invited', async () => {
    const emails = Array.from({ length: 5 }, (_none, place) => `person-${place}@example.com`);
    for (const [place, email] of emails.entries()) {
      const memberships = [{ tenant_id: toPublicId('tenant', tenant.id), role: 'viewer' }];
      const user = { email, name: `Person ${place}`, password: 'correct horse battery', memberships };
      expect(await (place % 2 === 0 ? invite(email) : post(operator, '/admin/v1/users', user))).toBe(201);
    }
    const seen: Listed['data'] = [];
    let page = await list('?limit=2');
    for (; page.next_cursor !== null; page = await list(`?limit=2&cursor=${page.next_cursor}`)) {
      expect(page.data).toHaveLength(2);
      seen.push(...page.data);
    }
    seen.push(...page.data);
    expect(seen.map(({ user }) => user.email)).toEqual(emails.toReversed());
    expect(seen.map(({ status }) => status)).toEqual(['invited', 'active', 'invited', 'active', 'invited']);
    expect(seen.map(({ id, user }) => [id.slice(0, 4), user.name])).toEqual([
      ['inv_', null],
      ['mem_', 'Person 3'],
      ['inv_', null],
      ['mem_', 'Person 1'],
      ['inv_', null],
    ]);
    expect((await list()).data).toEqual(seen);
    expect(await invite('person-3@example.com')).toBe(409);
  });

  it('refuses what it does not know', async () => {
    for (const query of ['?cursor=mine', '?limit=201', '?role=viewer'])
      expect((await api.send(tenant.key, 'GET', `/v1/members${query}`)).statusCode).toBe(400);
  });
});
