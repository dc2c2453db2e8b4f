import { toPublicId } from '@hub/platform';
import { stagePeople, type PeopleStage } from '../../../test/support/people-stage';

/** Into companies where somebody does not belong, or not in this way. */
describe('another company', () => {
  let stage: PeopleStage;
  let home: { readonly id: string };
  let other: { readonly id: string };
  beforeAll(async () => {
    stage = await stagePeople();
  });
  afterAll(() => stage?.close());
  beforeEach(async () => {
    [home, other] = [await stage.api.newTenant(), await stage.api.newTenant()];
  });

  const sql = (text: string, ...values: unknown[]): Promise<unknown> =>
    stage.database.asSuperuser((client) => client.query(text, values));
  const move = { path: '/auth/tenant', body: () => ({ tenant_id: toPublicId('tenant', other.id) }) };

  it('that lets its people in by its own provider alone is not reached from one that does not, but by its owners', async () => {
    const domain = `${other.id}.example`;
    await sql(
      `insert into sso_settings (tenant_id, issuer, client_id, client_secret, key_id, default_role, required)
       values ($1, 'https://idp.example', 'c', 's', $1, 'viewer', true)`,
      other.id,
    );
    await sql(
      `insert into sso_domains (tenant_id, domain, token, verified_at, verified_by) values ($1, $2, 't', now(), 'dns')`,
      other.id,
      domain,
    );
    const answers: unknown[] = [];
    for (const role of ['admin', 'owner'] as const) {
      const browser = stage.browser();
      const email = await stage.person({ [home.id]: 'viewer', [other.id]: role }, { email: `${role}@${domain}` });
      // Before it was required: their session goes on.
      await sql(`update sso_settings set required = false where tenant_id = $1`, other.id);
      await browser.signIn(email);
      await browser.send('POST', move.path, { tenant_id: toPublicId('tenant', home.id) });
      await browser.enter();
      await sql(`update sso_settings set required = true where tenant_id = $1`, other.id);
      const { status, body } = await browser.send('POST', move.path, move.body());
      answers.push([role, status, body['code']]);
    }
    expect(answers).toEqual([
      ['admin', 403, 'sso_required'],
      ['owner', 200, undefined],
    ]);
  });

  it('is not there for who was a member of it', async () => {
    const browser = stage.browser();
    const email = await stage.person({ [home.id]: 'viewer', [other.id]: 'admin' });
    await sql(
      `update memberships set status = 'disabled' where tenant_id = $1 and user_id = (select id from users where email = $2)`,
      other.id,
      email,
    );
    await browser.signIn(email);
    expect((await browser.enter()).body['memberships']).toHaveLength(1);
    expect((await browser.send('POST', move.path, move.body())).status).toBe(404);
  });

  it('is visited by nobody but who runs the hub', async () => {
    const browser = stage.browser();
    await browser.signIn(await stage.person({ [home.id]: 'owner' }));
    const visit = { tenant_id: toPublicId('tenant', other.id), reason: 'curiosity' };
    const { status, body } = await browser.send('POST', '/auth/operator/enter', visit);
    expect([status, body['code']]).toEqual([403, 'not_an_operator']);
    expect(await stage.actions(other.id)).not.toContain('operator.entered');
  });

  it('is told nothing more of an operator once the visit is over', async () => {
    const browser = stage.browser();
    const email = await stage.person({}, { isOperator: true });
    await browser.signIn(email);
    const visit = { tenant_id: toPublicId('tenant', other.id), reason: 'ticket 42' };
    expect((await browser.send('POST', '/auth/operator/enter', visit)).status).toBe(204);
    await sql(
      `update user_sessions set acting_until = now() where user_id = (select id from users where email = $1)`,
      email,
    );
    const { body } = await browser.enter();
    expect([body['tenant'], body['acting_as_operator']]).toEqual([null, null]);
    expect((await browser.send('POST', '/auth/sign-out')).status).toBe(204);
    expect(await stage.actions(other.id)).toEqual(['operator.entered']);
  });
});
