import { toPublicId } from '@hub/platform';
import { PASSWORD } from '../../../test/support/people-stage';
import { stageSso, type SsoCompany, type SsoStage } from '../../../test/support/sso-stage';

/** People whose name the log gives as long as they have not been erased, and whose address stands in it nowhere in the clear. */
describe('who joined a company', () => {
  let stage: SsoStage;
  let company: SsoCompany;
  let joined: readonly string[];

  const json = (body: unknown) => ({
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  });
  const sql = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    stage.database.asSuperuser(async (client) => (await client.query<Row>(text, values)).rows);
  const withAddress = () =>
    sql(`select record::text from audit_records where record::text like '%@%' and tenant_id = $1`, [company.id]);
  const log = async (): Promise<string> =>
    (await stage.api.send(company.key, 'GET', '/v1/audit-log?limit=200&action=member.joined')).body;

  beforeAll(async () => {
    stage = await stageSso();
  }, 60_000);
  afterAll(() => stage?.close());

  /** One by each way there is. */
  beforeEach(async () => {
    company = await stage.newCompany();
    const [invited, vouched, made] = ['invited', 'vouched', 'made'].map((name) => `${name}@${company.domain}`);
    joined = [invited!, vouched!, made!];

    // A provider may name people by their address.
    stage.provider.person = { sub: vouched!, email: vouched!, email_verified: true, name: 'Ada' };
    const browser = stage.browser();
    const { came } = await stage.go(browser, company);
    expect((await came()).location).toBe('/overview');

    const invitation = await stage.api.send(
      company.key,
      'POST',
      '/v1/members',
      json({ email: invited, role: 'admin' }),
    );
    const url = String(invitation.json<{ invitation_url: string }>().invitation_url);
    const accepted = await stage
      .browser()
      .send('POST', `/auth/invitations/${url.split('/').pop()}`, { name: 'Eve', password: PASSWORD });
    expect(accepted.body).toEqual({ status: 'signed_in' });

    const memberships = [{ tenant_id: toPublicId('tenant', company.id), role: 'support' }];
    const user = { email: made, name: 'Bob', password: PASSWORD, memberships };
    expect((await stage.api.send(stage.operatorKey, 'POST', '/admin/v1/users', json(user))).statusCode).toBe(201);
  });

  it('is named in its log until they are erased there', async () => {
    expect(await stage.actions(company.id)).toEqual(expect.arrayContaining(['member.joined', 'member.invited']));
    const [invited, vouched] = joined;
    expect(await log()).toContain(invited);
    expect(await log()).toContain(vouched);
    expect(await withAddress()).toEqual([]);
    for (const email of [invited, vouched]) {
      const [user] = await sql<{ id: string }>('select id from users where email = $1', [email]);
      const subject = toPublicId('user', user?.id ?? '');
      const erasure = json({ subject, reason: 'asked for it' });
      expect((await stage.api.send(company.key, 'POST', '/v1/audit-log/erasures', erasure)).statusCode).toBe(204);
      expect(await log()).not.toContain(email);
    }
    expect(await withAddress()).toEqual([]);
  });

  it('is named nowhere once the company is erased', async () => {
    await sql(`update tenants set status = 'suspended' where id = $1`, [company.id]);
    expect(await stage.database.operator.query(`select erase_tenant($1) as answer`, [company.id])).toEqual([
      { answer: 'erased' },
    ]);
    expect(await withAddress()).toEqual([]);
    expect(await sql('select 1 from audit_subject_keys where tenant_id = $1', [company.id])).toEqual([]);
    const kept = await sql(`select 1 from audit_records where tenant_id = $1 and action = 'member.joined'`, [
      company.id,
    ]);
    expect(kept).toHaveLength(3);
  });

  it('whom an operator put there is in both logs, without the operator’s name in the company’s', async () => {
    const own = await stage.api.send(stage.operatorKey, 'GET', '/admin/v1/audit-log?limit=1&action=user.created');
    const place = { tenant_id: toPublicId('tenant', company.id), role: 'support' };
    const [user] = await sql<{ id: string }>('select id from users where email = $1', [joined[2]]);
    const target = { type: 'user', id: toPublicId('user', user?.id ?? '') };
    expect(own.json<{ data: unknown[] }>().data[0]).toMatchObject({
      target,
      after: { is_operator: false, memberships: [place] },
    });
    const [newest] = JSON.parse(await log()).data as unknown[];
    expect(newest).toMatchObject({
      actor: { type: 'operator', label: null, ip: null },
      target,
      after: { role: 'support' },
    });
  });
});
