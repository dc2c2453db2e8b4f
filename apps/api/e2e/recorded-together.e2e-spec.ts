import { fromPublicId, toPublicId } from '@hub/platform';
import { issueToken } from '@hub/tenancy';
import {
  PASSWORD,
  stagePeople,
  type Answer,
  type PeopleStage,
  type StageBrowser,
} from '../../../test/support/people-stage';

/** What is done, with everything that it needs already there. Asked a second time it does the same. */
type Deed = () => Promise<Answer>;

interface Somebody {
  readonly email: string;
  readonly browser: StageBrowser;
}

describe('what people change about themselves', () => {
  let stage: PeopleStage;
  let tenant: { readonly id: string; readonly key: string };
  let other: { readonly id: string; readonly key: string };
  let operatorKey: string;

  beforeAll(async () => {
    stage = await stagePeople();
    [tenant, other] = [await stage.api.newTenant(), await stage.api.newTenant()];
    operatorKey = await stage.api.newOperatorKey();
  });
  afterAll(() => stage?.close());
  afterEach(() => mayRecord(true));

  const sql = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    stage.database.asSuperuser(async (client) => (await client.query<Row>(text, values)).rows);
  const mayRecord = (may: boolean) =>
    sql(`${may ? 'grant insert on audit_records to' : 'revoke insert on audit_records from'} hub_app, hub_operator`);
  /** Whatever lets anybody in. */
  const everything = async (): Promise<unknown> =>
    (
      await sql(`
        select 'user' as what, to_jsonb(u) as row from users u
        union all select 'membership', to_jsonb(m) from memberships m
        union all select 'invitation', to_jsonb(i) from invitations i
        union all select 'session', to_jsonb(s) - 'last_seen_at' from user_sessions s
        union all select 'challenge', to_jsonb(c) from sign_in_challenges c
        order by 1, 2`)
    ).map((row) => JSON.stringify(row));
  const somebody = async (): Promise<Somebody> => {
    const email = await stage.person({ [tenant.id]: 'developer' });
    return { email, browser: await stage.signedIn(email) };
  };
  const newest = async (key: string, action: string): Promise<object | undefined> => {
    const answer = await stage.api.send(key, 'GET', `/v1/audit-log?limit=1&action=${action}`);
    return (JSON.parse(answer.body) as { data: object[] }).data[0];
  };

  const DEEDS: Record<string, (one: Somebody) => Promise<Deed>> = {
    'user.password_changed': async ({ browser }) => {
      const body = { current_password: PASSWORD, new_password: 'another long one' };
      return () => browser.send('POST', '/auth/password', body);
    },
    'user.totp_enabled': async ({ browser }) => {
      const totp = await browser.beginTotp();
      return () => browser.send('POST', '/auth/totp/confirm', { code: totp.generate() });
    },
    'user.totp_removed': async ({ browser }) => {
      const totp = await browser.beginTotp();
      const { body } = await browser.send('POST', '/auth/totp/confirm', { code: totp.generate() });
      const [code] = body['recovery_codes'] as string[];
      return () => browser.send('DELETE', '/auth/totp', { password: PASSWORD, code });
    },
    'user.other_sessions_ended': async ({ email, browser }) => {
      await stage.browser().signIn(email);
      return () => browser.send('DELETE', '/auth/sessions');
    },
    'session.ended': async ({ email, browser }) => {
      await stage.browser().signIn(email);
      const { body } = await browser.send('GET', '/auth/sessions');
      const another = (body['data'] as { id: string; current: boolean }[]).find(({ current }) => !current);
      return () => browser.send('DELETE', `/auth/sessions/${another?.id}`);
    },
    'session.signed_out':
      async ({ browser }) =>
      () =>
        browser.send('POST', '/auth/sign-out'),
    'session.signed_in':
      async ({ email }) =>
      () =>
        stage.browser().send('POST', '/auth/sign-in', { email, password: PASSWORD }),
    'user.password_reset': async ({ email }) => {
      const { token, hash } = issueToken();
      await sql(
        `insert into sign_in_challenges (token_hash, user_id, kind, expires_at)
         select $2, id, 'password_reset', now() + interval '1 hour' from users where email = $1`,
        [email, hash],
      );
      return () => stage.browser().send('POST', `/auth/password-reset/${token}`, { new_password: 'another long one' });
    },
    'member.joined': async ({ email }) => {
      await sql(`delete from memberships where user_id = (select id from users where email = $1)`, [email]);
      const invited = await stage.api.send(tenant.key, 'POST', '/v1/members', {
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify({ email, role: 'support' }),
      });
      const token = String((JSON.parse(invited.body) as { invitation_url: string }).invitation_url)
        .split('/')
        .pop();
      return () => stage.browser().send('POST', `/auth/invitations/${token}`, { password: PASSWORD });
    },
  };

  it.each(Object.keys(DEEDS))('%s: is done and recorded, or neither', async (action) => {
    const one = await somebody();
    const deed = await DEEDS[action]!(one);
    const before = await everything();
    await mayRecord(false);
    expect((await deed()).status).toBeGreaterThanOrEqual(500);
    expect(await everything()).toEqual(before);
    await mayRecord(true);
    expect((await deed()).status).toBeLessThan(300);
    expect(await everything()).not.toEqual(before);
    // Sealed under a key of their own, and so erasable.
    expect(await newest(tenant.key, action)).toMatchObject({ actor: { type: 'user', label: one.email } });
  });

  it('a session that moves to another company is ended here and begun there, or neither', async () => {
    const email = await stage.person({ [tenant.id]: 'developer', [other.id]: 'viewer' });
    const browser = await stage.signedIn(email);
    const { body } = await browser.enter();
    const isHere = body['tenant'].id === toPublicId('tenant', tenant.id);
    const [here, there] = isHere ? [tenant, other] : [other, tenant];
    const [old] = (await browser.send('GET', '/auth/sessions')).body['data'] as { id: string }[];
    const move = () => browser.send('POST', '/auth/tenant', { tenant_id: toPublicId('tenant', there.id) });
    const before = await everything();
    await mayRecord(false);
    expect((await move()).status).toBeGreaterThanOrEqual(500);
    expect(await everything()).toEqual(before);
    await mayRecord(true);
    expect(await move()).toMatchObject({ status: 200, body: { tenant: { id: toPublicId('tenant', there.id) } } });
    expect(await newest(here.key, 'session.ended')).toMatchObject({ actor: { label: email }, target: { id: old?.id } });
    expect(await newest(there.key, 'session.signed_in')).toMatchObject({
      actor: { label: email },
      details: { how: 'switch' },
    });
    const ended = await sql(`select 1 from user_sessions where id = $1 and ended_at is not null`, [
      fromPublicId('session', old?.id ?? ''),
    ]);
    expect(ended).toHaveLength(1);
  });

  it('on a visit as an operator is told to the company without their name', async () => {
    const email = await stage.person({}, { isOperator: true });
    const browser = await stage.signedIn(email);
    const visit = { tenant_id: toPublicId('tenant', tenant.id), reason: 'ticket 42' };
    expect((await browser.send('POST', '/auth/operator/enter', visit)).status).toBe(204);
    await browser.enter();
    expect((await browser.send('POST', '/auth/sign-out')).status).toBe(204);
    expect(await newest(tenant.key, 'session.signed_out')).toMatchObject({ actor: { type: 'operator', label: null } });
    const own = await stage.api.send(operatorKey, 'GET', '/admin/v1/audit-log?limit=1&action=session.signed_out');
    expect((JSON.parse(own.body) as { data: unknown[] }).data[0]).toMatchObject({
      actor: { type: 'operator', label: email },
    });
  });
});
