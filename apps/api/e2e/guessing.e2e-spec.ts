import { findUserByEmail, insertChallenge, issueToken, type UserRow } from '@hub/tenancy';
import { waitUntil } from '@hub/testing';
import {
  PASSWORD,
  stagePeople,
  type Answer,
  type PeopleStage,
  type StageBrowser,
} from '../../../test/support/people-stage';

/** As the hub itself has it, to see it called. */
const argon2 = jest.requireActual<typeof import('@node-rs/argon2')>('@node-rs/argon2');
const FREE = 5;
/** Of one address. */
const A_MINUTE = 300;

describe('guessing', () => {
  let stage: PeopleStage;
  let tenant: { readonly id: string; readonly key: string };

  beforeAll(async () => {
    stage = await stagePeople();
    tenant = await stage.api.newTenant();
  });
  afterAll(() => stage?.close());

  const newPerson = () => stage.person({ [tenant.id]: 'viewer' });
  const codes = async (times: number, ask: (time: number) => Promise<Answer>): Promise<unknown[]> => {
    const told: unknown[] = [];
    for (let time = 0; time < times; time++) told.push((await ask(time)).body['code']);
    return told;
  };
  /** Codes of what was refused to people of a tenant, oldest first; with null of the operators' log. */
  const refused = (tenantId: string | null): Promise<unknown[]> =>
    stage.database.asSuperuser(async (client) => {
      const { rows } = await client.query<{ record: Answer['body'] }>(
        `select record from audit_records where tenant_id = coalesce($1::uuid, '00000000-0000-0000-0000-000000000000') and action = 'session.refused' order by seq`,
        [tenantId],
      );
      return rows.map(({ record }) => [record['outcome'], record['details'].code]);
    });
  const failures = (count: number, code: string): string[] => Array.from({ length: count }, () => code);

  const userOf = (email: string): Promise<UserRow> =>
    stage.database.operator.transaction(async (tx) => {
      const user = await findUserByEmail(tx, email);
      if (user === null) throw new Error('there is no such person');
      return user;
    });
  /** @returns a code of it that is good once */
  const secondFactor = async (browser: StageBrowser): Promise<string> => {
    const totp = await browser.beginTotp();
    const confirmed = await browser.send('POST', '/auth/totp/confirm', { code: totp.generate() });
    return String((confirmed.body['recovery_codes'] as string[])[0]);
  };

  it('of a password ends in an open session, too', async () => {
    const browser = await stage.signedIn(await newPerson());
    const change = (current: string) =>
      browser.send('POST', '/auth/password', { current_password: current, new_password: 'another long one' });
    const wrong = await codes(FREE, (time) => change(`guess number ${time}`));
    expect(wrong).toEqual(failures(FREE, 'wrong_password'));
    expect(await change(PASSWORD)).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  });

  it('at the sign-in page does not keep the owner from changing the password', async () => {
    const email = await newPerson();
    const browser = await stage.signedIn(email);
    const stranger = stage.browser();
    await codes(FREE, (time) => stranger.signIn(email, `guess number ${time}`));
    expect((await stage.browser().signIn(email)).body['code']).toBe('wrong_credentials');
    const changed = { current_password: PASSWORD, new_password: 'another long one' };
    expect((await browser.send('POST', '/auth/password', changed)).status).toBe(204);
  });

  it('in an open session keeps nobody from signing in', async () => {
    const email = await newPerson();
    const browser = await stage.signedIn(email);
    const change = (current: string) =>
      browser.send('POST', '/auth/password', { current_password: current, new_password: 'another long one' });
    expect((await change(PASSWORD)).status).toBe(204);
    await codes(FREE, (time) => change(`guess number ${time}`));
    expect((await change('another long one')).status).toBe(429);
    expect((await stage.browser().signIn(email, 'another long one')).body).toEqual({ status: 'signed_in' });
    // Who has signed in with all that is asked for mistyped before, and did not guess.
    expect((await change('another long one')).status).toBe(204);
  });

  it('of a password ends at one’s own invitation of somebody, and their company reads of it', async () => {
    const [home, other] = [await stage.api.newTenant(), await stage.api.newTenant()];
    const email = await stage.person({ [home.id]: 'viewer' });
    const invited = await stage.api.send(other.key, 'POST', '/v1/members', {
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify({ email, role: 'viewer' }),
    });
    const token = invited.json<{ invitation_url: string }>().invitation_url.split('/').pop();
    const accept = (password: string) => stage.browser().send('POST', `/auth/invitations/${token}`, { password });
    const wrong = await codes(FREE, (time) => accept(`guess number ${time}`));
    expect(wrong).toEqual(failures(FREE, 'wrong_password'));
    expect(await accept(PASSWORD)).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(await refused(home.id)).toEqual(failures(FREE, 'wrong_password').map((code) => ['refused', code]));
  });

  it('of accounts ends for the address, however many accounts it tries', async () => {
    const [browser, email] = [stage.browser(), await newPerson()];
    const guess = () => browser.send('POST', '/auth/sign-in/totp', { challenge: 'made up', code: '000000' });
    const told = new Set(await codes(A_MINUTE, guess));
    expect([...told]).toEqual(['challenge_expired']);
    expect(await browser.signIn(email)).toMatchObject({ status: 429, body: { code: 'too_many_failed_requests' } });
    expect((await stage.browser().signIn(email)).body).toEqual({ status: 'signed_in' });
  });

  it.each([
    ['invitations', { password: 'a long enough one' }],
    ['password-reset', { new_password: 'a long enough one' }],
  ])('of links ends for the address, and costs no hash of a password: %s', async (kind, body) => {
    const hash = jest.spyOn(argon2, 'hash');
    const browser = stage.browser();
    const guess = (time: number) => browser.send('POST', `/auth/${kind}/made-up-${time}`, body);
    expect((await guess(0)).status).toBe(404);
    await codes(A_MINUTE - 1, guess);
    expect(await guess(A_MINUTE)).toMatchObject({ status: 429, body: { code: 'too_many_failed_requests' } });
    expect(hash).not.toHaveBeenCalled();
    hash.mockRestore();
  });

  it('of a code ends in an open session, too, though the password is known', async () => {
    const browser = await stage.signedIn(await newPerson());
    const right = await secondFactor(browser);
    const remove = (code: string) => browser.send('DELETE', '/auth/totp', { password: PASSWORD, code });
    const wrong = await codes(FREE - 1, (time) => remove(`guess-${time}`));
    // Who knows the password chooses it once more, and has no more guesses for that.
    const again = { current_password: PASSWORD, new_password: PASSWORD };
    expect((await browser.send('POST', '/auth/password', again)).status).toBe(204);
    wrong.push((await remove('guess-last')).body['code']);
    expect(wrong).toEqual(failures(FREE, 'wrong_code'));
    expect(await remove(right)).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  });

  it('of a code ends while a second factor is set up, and the log of the company with it', async () => {
    const home = await stage.api.newTenant();
    const browser = await stage.signedIn(await stage.person({ [home.id]: 'viewer' }));
    const totp = await browser.beginTotp();
    const confirm = (code: string) => browser.send('POST', '/auth/totp/confirm', { code });
    expect(await codes(FREE, (time) => confirm(`guess-${time}`))).toEqual(failures(FREE, 'wrong_code'));
    expect(await confirm('guess-last')).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(await confirm(totp.generate())).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(await refused(home.id)).toHaveLength(FREE);
  });

  it('of a code at the door is counted on, whatever password is chosen meanwhile', async () => {
    const email = await newPerson();
    const browser = await stage.signedIn(email);
    const right = await secondFactor(browser);
    const begin = async (password: string) => String((await stage.browser().signIn(email, password)).body['challenge']);
    const prove = (challenge: string, code: string) =>
      stage.browser().send('POST', '/auth/sign-in/totp', { challenge, code });
    const first = await begin(PASSWORD);
    const wrong = await codes(FREE - 1, (time) => prove(first, `guess-${time}`));
    const changed = { current_password: PASSWORD, new_password: 'another long one' };
    expect((await browser.send('POST', '/auth/password', changed)).status).toBe(204);
    const second = await begin('another long one');
    wrong.push((await prove(second, 'guess-last')).body['code']);
    expect(wrong).toEqual(failures(FREE, 'wrong_code'));
    expect(await prove(second, right)).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  });

  it('of a password by a stranger does not keep out who has chosen a new one by a link', async () => {
    const email = await newPerson();
    await codes(FREE, (time) => stage.browser().signIn(email, `guess number ${time}`));
    expect((await stage.browser().signIn(email)).body['code']).toBe('wrong_credentials');
    const { token, hash } = issueToken();
    await waitUntil('all of them to be counted', async () => (await userOf(email)).failures === FREE, 10_000);
    const { id } = await userOf(email);
    await stage.database.operator.transaction((tx) => insertChallenge(tx, 'password_reset', id, hash));
    const chosen = { new_password: 'another long one' };
    expect((await stage.browser().send('POST', `/auth/password-reset/${token}`, chosen)).status).toBe(204);
    expect((await stage.browser().signIn(email, 'another long one')).body).toEqual({ status: 'signed_in' });
  });

  it('is in the log of their company: of passwords and of codes, at the door and in a session', async () => {
    const home = await stage.api.newTenant();
    const email = await stage.person({ [home.id]: 'viewer' });
    const browser = await stage.signedIn(email);
    await browser.beginTotp();
    await browser.send('POST', '/auth/totp/confirm', { code: 'no code' });
    await secondFactor(browser);
    const { challenge } = (await stage.browser().signIn(email)).body;
    await stage.browser().send('POST', '/auth/sign-in/totp', { challenge, code: 'no code' });
    await browser.send('POST', '/auth/totp', { password: 'not this one' });
    await browser.send('POST', '/auth/password', { current_password: 'nor this', new_password: 'another long one' });
    await browser.send('DELETE', '/auth/totp', { password: 'nor that one', code: 'no code' });
    await browser.send('DELETE', '/auth/totp', { password: PASSWORD, code: 'no code' });
    const told = ['wrong_code', 'wrong_code', 'wrong_password', 'wrong_password', 'wrong_password', 'wrong_code'];
    expect(await refused(home.id)).toEqual(told.map((code) => ['refused', code]));
    await stage.browser().signIn(email, 'not this one');
    await waitUntil('the last one', async () => (await refused(home.id)).length > told.length, 10_000);
    expect((await refused(home.id)).at(-1)).toEqual(['refused', 'wrong_credentials']);
  });

  it('of who runs the hub is in the operators’ log', async () => {
    const email = await stage.person({}, { isOperator: true });
    await stage.browser().signIn(email, 'not this one');
    await waitUntil('the record', async () => (await refused(null)).length > 0, 10_000);
    expect(await refused(null)).toEqual([['refused', 'wrong_credentials']]);
  });
});
