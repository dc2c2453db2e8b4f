import { waitUntil } from '@hub/testing';
import { startMailReceiver, type MailReceiver } from '../../../test/support/alert-receivers';
import { PASSWORD, PUBLIC_URL, stagePeople, type PeopleStage } from '../../../test/support/people-stage';

const NEW_PASSWORD = 'a longer and better one';

describe('a forgotten password', () => {
  let mail: MailReceiver;
  let stage: PeopleStage;
  let tenant: string;

  beforeAll(async () => {
    mail = await startMailReceiver();
    stage = await stagePeople({ HUB_SMTP_URL: mail.url, HUB_MAIL_FROM: 'Hub <hub@example.com>' });
    tenant = (await stage.api.newTenant()).id;
  });
  afterAll(async () => {
    await stage?.close();
    await mail?.close();
  });

  const ask = (email: string) => stage.browser().send('POST', '/auth/password-reset', { email });
  const lettersTo = (email: string): string[] =>
    mail.mails.filter(({ to }) => to.includes(email)).map(({ text }) => text);
  const letterTo = async (email: string, containing = '/password-reset/'): Promise<string> => {
    await waitUntil('the letter', async () => lettersTo(email).some((text) => text.includes(containing)), 10_000);
    return lettersTo(email).find((text) => text.includes(containing)) ?? '';
  };
  const tokenIn = (letter: string): string =>
    new RegExp(`${PUBLIC_URL}/password-reset/([\\w-]{43})`).exec(letter)?.[1] ?? '';
  const choose = (token: string, password = NEW_PASSWORD) =>
    stage.browser().send('POST', `/auth/password-reset/${token}`, { new_password: password });

  it('is replaced by who reads the mail, once, and everybody who was signed in is out', async () => {
    const email = await stage.person({ [tenant]: 'viewer' });
    const before = stage.browser();
    await before.signIn(email);
    expect((await ask(email.toUpperCase())).status).toBe(202);
    const token = tokenIn(await letterTo(email));
    expect(token).toHaveLength(43);

    expect(await choose(token, 'short')).toMatchObject({ status: 422, body: { code: 'weak_password' } });
    expect((await choose(token)).status).toBe(204);
    expect(await choose(token)).toMatchObject({ status: 404, body: { code: 'reset_expired' } });
    expect((await stage.browser().signIn(email)).body['code']).toBe('wrong_credentials');
    expect((await stage.browser().signIn(email, NEW_PASSWORD)).body).toEqual({ status: 'signed_in' });
    // What is known of a session holds for three seconds.
    await waitUntil('the session to end', async () => (await before.send('GET', '/v1/me')).status === 401, 10_000);
    expect(await letterTo(email, 'has been changed')).toContain(`${PUBLIC_URL}/forgotten-password`);
    const actions = await stage.actions(tenant);
    expect(actions).toEqual(expect.arrayContaining(['user.password_reset_asked', 'user.password_reset']));
  });

  it('keeps its link as a hash that opens nothing, for an hour', async () => {
    const email = await stage.person({ [tenant]: 'viewer' });
    await ask(email);
    const token = tokenIn(await letterTo(email));
    const rows = await stage.database.asSuperuser(
      async (client) =>
        (
          await client.query<{ row: string; minutes: number }>(
            `select to_jsonb(c)::text as row, extract(epoch from c.expires_at - c.created_at)::int / 60 as minutes
             from sign_in_challenges c join users u on u.id = c.user_id where u.email = $1`,
            [email],
          )
        ).rows,
    );
    expect(rows.map(({ minutes }) => minutes)).toEqual([60]);
    expect(rows[0]?.row).not.toContain(token);
    await stage.database.asSuperuser((client) =>
      client.query(
        `update sign_in_challenges set expires_at = now() where user_id = (select id from users where email = $1)`,
        [email],
      ),
    );
    expect((await choose(token)).body['code']).toBe('reset_expired');
    expect((await stage.browser().signIn(email)).status).toBe(200);
  });

  it('is asked for in vain, and in the same words, where there is no account or it is disabled', async () => {
    const disabled = await stage.person({ [tenant]: 'viewer' });
    await stage.database.asSuperuser((client) =>
      client.query(`update users set disabled_at = now() where email = $1`, [disabled]),
    );
    const real = await stage.person({ [tenant]: 'viewer' });
    const [nobody, gone, somebody] = [await ask('nobody@example.com'), await ask(disabled), await ask(real)];
    expect([nobody, gone]).toEqual([somebody, somebody]);
    await letterTo(real);
    expect([...lettersTo('nobody@example.com'), ...lettersTo(disabled)]).toEqual([]);
  });

  it('fills nobody’s mailbox, and is not asked for without end', async () => {
    const email = await stage.person({ [tenant]: 'viewer' });
    for (let time = 0; time < 5; time++) expect((await ask(email)).status).toBe(202);
    const last = await stage.person({ [tenant]: 'viewer' });
    await ask(last);
    await letterTo(last);
    await waitUntil('the letters', async () => lettersTo(email).length === 3, 10_000);
    const impatient = stage.browser();
    const statuses = new Set<number>();
    for (let time = 0; time < 30; time++)
      statuses.add((await impatient.send('POST', '/auth/password-reset', { email: 'nobody@example.com' })).status);
    expect([...statuses].sort()).toEqual([202, 429]);
    expect(lettersTo(email)).toHaveLength(3);
  });

  it('still leaves the second factor to be shown', async () => {
    const email = await stage.person({ [tenant]: 'viewer' });
    await stage.database.asSuperuser((client) =>
      client.query(`update users set totp_secret = 'k.x', totp_confirmed_at = now() where email = $1`, [email]),
    );
    await ask(email);
    expect((await choose(tokenIn(await letterTo(email)))).status).toBe(204);
    expect((await stage.browser().signIn(email, NEW_PASSWORD)).body['status']).toBe('totp_required');
  });

  describe('of who gets no mail', () => {
    const memberOf = async (browser: ReturnType<PeopleStage['browser']>, email: string): Promise<string> => {
      const { body } = await browser.send('GET', '/v1/members');
      return (
        (body['data'] as { id: string; user: { email: string } }[]).find(({ user }) => user.email === email)?.id ?? ''
      );
    };

    it('is replaced by a link that an admin hands over', async () => {
      const admin = await stage.signedIn(await stage.person({ [tenant]: 'admin' }));
      const email = await stage.person({ [tenant]: 'support' });
      const made = await admin.send('POST', `/v1/members/${await memberOf(admin, email)}/reset-link`);
      expect(made.status).toBe(200);
      expect((await choose(tokenIn(String(made.body['reset_url'])))).status).toBe(204);
      expect((await stage.browser().signIn(email, NEW_PASSWORD)).status).toBe(200);
      expect(await letterTo(email, 'has been changed')).toContain('by a link that was made for it');
      expect(await stage.actions(tenant)).toContain('member.reset_link_made');
    });

    it('is not replaced by a link from before, once the person belongs to another company, too', async () => {
      const [admin, email] = [
        await stage.signedIn(await stage.person({ [tenant]: 'admin' })),
        await stage.person({ [tenant]: 'support' }),
      ];
      const made = await admin.send('POST', `/v1/members/${await memberOf(admin, email)}/reset-link`);
      const other = await stage.api.newTenant();
      const invited = await stage.api.send(other.key, 'POST', '/v1/members', {
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify({ email, role: 'owner' }),
      });
      const invitation = invited.json<{ invitation_url: string }>().invitation_url.split('/').pop();
      const joined = await stage.browser().send('POST', `/auth/invitations/${invitation}`, { password: PASSWORD });
      expect(joined.body).toEqual({ status: 'signed_in' });
      expect(await choose(tokenIn(String(made.body['reset_url'])))).toMatchObject({ body: { code: 'reset_expired' } });
      expect((await stage.browser().signIn(email)).body).toEqual({ status: 'signed_in' });
    });

    it('is replaced by a link of an operator, whichever companies the person works for, and all of them read of it', async () => {
      const operatorKey = await stage.api.newOperatorKey();
      const [here, there] = [(await stage.api.newTenant()).id, (await stage.api.newTenant()).id];
      // As another company's provider leaves it.
      const email = await stage.person({ [here]: 'viewer', [there]: 'viewer' }, { password: null });
      const ask = (of: string) =>
        stage.api.send(operatorKey, 'POST', '/admin/v1/users/reset-link', { payload: { email: of } });
      const made = await ask(email.toUpperCase());
      expect([made.statusCode, made.headers['cache-control']]).toEqual([200, 'no-store']);
      const link = made.json<{ reset_url: string }>().reset_url;
      // Whose account it is learns of it, and has no second link by that.
      const told = await letterTo(email, 'An operator of the Integration Hub has made a link');
      expect(told).toContain(`${PUBLIC_URL}/forgotten-password`);
      expect(told).not.toContain('/password-reset/');
      expect((await choose(tokenIn(link))).status).toBe(204);
      expect((await choose(tokenIn(link))).body['code']).toBe('reset_expired');
      expect((await stage.browser().signIn(email, NEW_PASSWORD)).body).toEqual({ status: 'signed_in' });
      for (const tenantId of [here, there, '00000000-0000-0000-0000-000000000000'])
        expect(await stage.actions(tenantId)).toContain('user.reset_link_made');
      expect((await ask('nobody@example.com')).statusCode).toBe(404);
    });

    it('is not replaced by an admin of one company for who works in two, or runs the hub; nor an owner’s', async () => {
      const other = (await stage.api.newTenant()).id;
      const admin = await stage.signedIn(await stage.person({ [tenant]: 'admin' }));
      const everywhere = await stage.person({ [tenant]: 'viewer', [other]: 'owner' });
      const operator = await stage.person({ [tenant]: 'viewer' }, { isOperator: true });
      const owner = await stage.person({ [tenant]: 'owner' });
      const codeFor = async (email: string): Promise<unknown> =>
        (await admin.send('POST', `/v1/members/${await memberOf(admin, email)}/reset-link`)).body['code'];
      expect(await codeFor(everywhere)).toBe('reset_by_mail_only');
      expect(await codeFor(operator)).toBe('reset_by_mail_only');
      expect(await codeFor(owner)).toBe('insufficient_role');
    });
  });

  it('has a sister: who is invited gets a link by mail, too, and a repeated answer does not hold it', async () => {
    const { key, id } = await stage.api.newTenant();
    const invite = () =>
      stage.api.send(key, 'POST', '/v1/members', {
        headers: { 'content-type': 'application/json', 'idempotency-key': 'once' },
        payload: JSON.stringify({ email: 'new@example.com', role: 'viewer' }),
      });
    const first = (await invite()).json<{ invitation_url: string; mailed: boolean }>();
    expect(first.mailed).toBe(true);
    // Whoever invites does not have the link that only the mailbox gets.
    const [mailed] = /\/invitation\/[\w-]{43}/.exec(await letterTo('new@example.com', '/invitation/')) ?? [];
    expect(mailed).toBeDefined();
    expect(first.invitation_url).not.toContain(mailed);
    expect((await invite()).json()).toMatchObject({ invitation_url: null });
    const kept = await stage.database.asSuperuser(
      async (client) =>
        (await client.query(`select response from idempotent_requests where tenant_id = $1`, [id])).rows,
    );
    for (const link of [first.invitation_url, mailed])
      expect(JSON.stringify(kept)).not.toContain(link?.split('/').pop());
  });
});

describe('a forgotten password, where there is no mail server', () => {
  it('is answered the same, and nothing is kept', async () => {
    const stage = await stagePeople();
    try {
      const tenant = (await stage.api.newTenant()).id;
      const email = await stage.person({ [tenant]: 'viewer' });
      expect((await stage.browser().send('POST', '/auth/password-reset', { email })).status).toBe(202);
      const kept = await stage.database.asSuperuser(
        async (client) => (await client.query('select 1 from sign_in_challenges')).rows,
      );
      expect(kept).toEqual([]);
      expect((await stage.browser().signIn(email, PASSWORD)).status).toBe(200);
    } finally {
      await stage.close();
    }
  });
});
