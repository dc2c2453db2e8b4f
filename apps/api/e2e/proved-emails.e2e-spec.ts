import { randomBytes } from 'node:crypto';
import { toPublicId } from '@hub/platform';
import { waitUntil } from '@hub/testing';
import { startMailReceiver, type MailReceiver } from '../../../test/support/alert-receivers';
import { PUBLIC_URL, type StageBrowser } from '../../../test/support/people-stage';
import { stageSso, type SsoCompany, type SsoStage } from '../../../test/support/sso-stage';

const THEIRS = 'what the other knows';
const OWN = 'the owner alone knows';

interface Company {
  readonly id: string;
  readonly key: string;
}

describe('an account for which one company alone has vouched', () => {
  let mail: MailReceiver;
  let stage: SsoStage;
  let first: Company;
  let second: SsoCompany;

  beforeAll(async () => {
    mail = await startMailReceiver();
    stage = await stageSso({ HUB_SMTP_URL: mail.url, HUB_MAIL_FROM: 'Hub <hub@example.com>' });
    [first, second] = [await stage.api.newTenant(), await stage.newCompany()];
  }, 60_000);
  afterAll(async () => {
    await stage?.close();
    await mail?.close();
  });

  const sql = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    stage.database.asSuperuser(async (client) => (await client.query<Row>(text, values)).rows);
  const demand = async (of: Company, method: 'POST' | 'PUT', path: string, body: object): Promise<string> => {
    const answer = await stage.api.send(of.key, method, path, {
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    });
    expect(answer.statusCode).toBeLessThan(300);
    return answer.body;
  };
  const newEmail = (): string => `${randomBytes(5).toString('hex')}@${second.domain}`;
  const letterWith = async (email: string, link: RegExp): Promise<string> => {
    const found = (): string | undefined =>
      mail.mails
        .filter(({ to }) => to.includes(email))
        .map(({ text }) => link.exec(text)?.[1])
        .filter((token) => token !== undefined)
        .at(-1);
    await waitUntil('the letter', async () => found() !== undefined, 10_000);
    return found() ?? '';
  };
  /** The two links of one invitation: what the inviter is answered, and what the mailbox gets. */
  const invite = async (of: Company, email: string): Promise<{ shown: string; mailed: string }> => {
    mail.mails.length = 0;
    const answer = JSON.parse(await demand(of, 'POST', '/v1/members', { email, role: 'viewer' })) as {
      invitation_url: string;
    };
    const mailed = await letterWith(email, new RegExp(`${PUBLIC_URL}/invitation/([\\w-]{43})`));
    return { shown: answer.invitation_url.split('/').pop() ?? '', mailed };
  };
  const accept = (token: string, password: string, browser = stage.browser()) =>
    browser.send('POST', `/auth/invitations/${token}`, { password });
  const showOf = async (token: string) => (await stage.browser().send('GET', `/auth/invitations/${token}`)).body;
  /** What the account's owner is told of it: with the way to a new password, and nothing that opens anything. */
  const expectTold = async (email: string, words: string): Promise<void> => {
    const told = (): string | undefined =>
      mail.mails.find(({ to, text }) => to.includes(email) && text.includes(words))?.text;
    await waitUntil('the letter', async () => told() !== undefined, 10_000);
    const name = stage.database.asSuperuser(
      async (client) =>
        (await client.query<{ name: string }>('select name from tenants where id = $1', [second.id])).rows[0]?.name,
    );
    expect(told()).toContain(`is a member of ${await name} now`);
    expect(told()).toContain(`${PUBLIC_URL}/forgotten-password`);
    expect(told()).not.toMatch(/[\w-]{43}/);
  };
  /** By the first company's people, who have the link that they were answered. */
  const forge = async (email: string): Promise<StageBrowser> => {
    const browser = stage.browser();
    const { shown } = await invite(first, email);
    expect((await accept(shown, THEIRS, browser)).body).toEqual({ status: 'signed_in' });
    await browser.enter();
    return browser;
  };
  const enterBySso = async (email: string): Promise<StageBrowser> => {
    stage.provider.person = { sub: email, email, email_verified: true, name: 'The Boss' };
    const browser = stage.browser();
    const { came } = await stage.go(browser, second);
    expect((await came()).location).toBe('/overview');
    return browser;
  };
  const resetByMail = async (email: string): Promise<void> => {
    await stage.browser().send('POST', '/auth/password-reset', { email });
    const token = await letterWith(email, new RegExp(`${PUBLIC_URL}/password-reset/([\\w-]{43})`));
    const chosen = await stage.browser().send('POST', `/auth/password-reset/${token}`, { new_password: OWN });
    expect(chosen.status).toBe(204);
  };
  const isOut = (browser: StageBrowser) =>
    // What is known of a session holds for three seconds.
    waitUntil('the session to end', async () => (await browser.send('GET', '/v1/me')).status === 401, 10_000);
  const placesOf = async (browser: StageBrowser): Promise<string[]> =>
    ((await browser.enter()).body['memberships'] as { tenant_id: string }[]).map(({ tenant_id: id }) => id).sort();
  const both = (): string[] => [toPublicId('tenant', first.id), toPublicId('tenant', second.id)].sort();

  it('lets nobody of it into the company whose provider sends the owner of the e-mail', async () => {
    const email = newEmail();
    const forger = await forge(email);
    const totp = await forger.beginTotp(THEIRS);
    const confirmed = await forger.send('POST', '/auth/totp/confirm', { code: totp.generate() });
    const [code] = confirmed.body['recovery_codes'] as string[];
    const { challenge } = (await stage.browser().signIn(email, THEIRS)).body;

    const owner = await enterBySso(email);
    expect((await owner.enter()).body).toMatchObject({ tenant: { slug: second.slug }, user: { name: 'The Boss' } });
    expect(await placesOf(owner)).toEqual(both());
    await isOut(forger);
    expect((await stage.browser().signIn(email, THEIRS)).body['code']).toBe('wrong_credentials');
    const late = await stage.browser().send('POST', '/auth/sign-in/totp', { challenge, code });
    expect(late.body['code']).toBe('challenge_expired');
    expect(await stage.actions(first.id)).toContain('user.email_proved');
    await expectTold(email, 'The sign-in page of that company');
  });

  it('is made once by two companies that invite the same newcomer', async () => {
    for (let time = 0; time < 5; time++) {
      const email = newEmail();
      const links = [(await invite(first, email)).shown, (await invite(second, email)).shown];
      const answers = await Promise.all(links.map((shown) => accept(shown, OWN)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(answers.map(({ body }) => body['code']).filter(Boolean)).toEqual(['email_not_proved']);
    }
  });

  it('keeps its password where the provider is of that same company', async () => {
    const email = newEmail();
    const { shown } = await invite(second, email);
    expect((await accept(shown, THEIRS)).status).toBe(200);
    await enterBySso(email);
    // Nor where he comes back that way.
    await sql(`delete from memberships where user_id = (select id from users where email = $1)`, [email]);
    await enterBySso(email);
    await expectTold(email, 'You have joined');
    expect((await stage.browser().signIn(email, THEIRS)).body).toEqual({ status: 'signed_in' });
    const { shown: elsewhere } = await invite(first, email);
    expect((await accept(elsewhere, THEIRS)).body['code']).toBe('email_not_proved');
  });

  it('is not taken along by a link that another company hands over', async () => {
    const email = newEmail();
    await forge(email);
    const { shown } = await invite(second, email);
    expect(await showOf(shown)).toMatchObject({ needs_password: false });
    expect(await accept(shown, THEIRS)).toMatchObject({ status: 409, body: { code: 'email_not_proved' } });
    const forger = stage.browser();
    await forger.signIn(email, THEIRS);
    expect(await placesOf(forger)).toEqual([toPublicId('tenant', first.id)]);
  });

  it('is its owner’s who follows the link of another company in the mail, and chooses a password', async () => {
    const email = newEmail();
    const forger = await forge(email);
    const { mailed } = await invite(second, email);
    expect(await showOf(mailed)).toMatchObject({ needs_password: true });
    expect((await accept(mailed, 'short')).body['code']).toBe('weak_password');
    const owner = stage.browser();
    expect((await accept(mailed, OWN, owner)).body).toEqual({ status: 'signed_in' });
    expect(await placesOf(owner)).toEqual(both());
    await isOut(forger);
    expect((await stage.browser().signIn(email, THEIRS)).body['code']).toBe('wrong_credentials');
    expect((await stage.browser().signIn(email, OWN)).body).toEqual({ status: 'signed_in' });
    await expectTold(email, 'has chosen a new password');
  });

  it('is its owner’s who has chosen a password by mail, and is taken along then', async () => {
    const email = newEmail();
    await forge(email);
    await resetByMail(email);
    const { shown, mailed } = await invite(second, email);
    expect(await showOf(mailed)).toMatchObject({ needs_password: false });
    expect((await accept(shown, OWN)).body).toEqual({ status: 'signed_in' });
    await expectTold(email, 'You have joined');
  });

  it('is not yet, as long as somebody’s second factor stands', async () => {
    const email = newEmail();
    await forge(email);
    await sql(`update users set totp_secret = 'k.x', totp_confirmed_at = now() where email = $1`, [email]);
    await resetByMail(email);
    expect((await stage.browser().signIn(email, OWN)).body['status']).toBe('totp_required');
    const { shown, mailed } = await invite(second, email);
    expect((await accept(shown, OWN)).body['code']).toBe('email_not_proved');
    expect((await accept(mailed, OWN)).body).toEqual({ status: 'signed_in' });
  });

  it('is confirmed by a link of an operator once no second factor stands', async () => {
    const email = newEmail();
    await forge(email);
    const resetByOperator = async (): Promise<void> => {
      const payload = { email };
      const made = await stage.api.send(stage.operatorKey, 'POST', '/admin/v1/users/reset-link', { payload });
      const token = made.json<{ reset_url: string }>().reset_url.split('/').pop();
      const chosen = await stage.browser().send('POST', `/auth/password-reset/${token}`, { new_password: OWN });
      expect(chosen.status).toBe(204);
    };
    await sql(`update users set totp_secret = 'k.x', totp_confirmed_at = now() where email = $1`, [email]);
    await resetByOperator();
    const { shown } = await invite(second, email);
    const { status, body } = await accept(shown, OWN);
    expect([status, body['code']]).toEqual([409, 'email_not_proved']);
    expect(body['detail']).toContain('only once that is removed');
    await sql(`update users set totp_secret = null, totp_confirmed_at = null where email = $1`, [email]);
    await resetByOperator();
    expect((await accept(shown, OWN)).body).toEqual({ status: 'signed_in' });
  });

  it('comes back to its own company by any link, with its password', async () => {
    const email = newEmail();
    await forge(email);
    await sql(`delete from memberships where user_id = (select id from users where email = $1)`, [email]);
    const { shown } = await invite(first, email);
    expect((await accept(shown, THEIRS)).body).toEqual({ status: 'signed_in' });
  });

  it('is none that was made by the link in the mail', async () => {
    const email = newEmail();
    const { mailed } = await invite(first, email);
    expect((await accept(mailed, OWN)).body).toEqual({ status: 'signed_in' });
    const { shown } = await invite(second, email);
    expect((await accept(shown, OWN)).body).toEqual({ status: 'signed_in' });
    await expectTold(email, 'You have joined');
  });
});
