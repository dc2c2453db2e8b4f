import { PASSWORD, stagePeople, type Answer, type PeopleStage } from '../../../test/support/people-stage';

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
  const failures = (count: number, code: string): string[] => Array.from({ length: count }, () => code);

  it('of a password ends in an open session, too', async () => {
    const browser = await stage.signedIn(await newPerson());
    const change = (current: string) =>
      browser.send('POST', '/auth/password', { current_password: current, new_password: 'another long one' });
    const wrong = await codes(FREE, (time) => change(`guess number ${time}`));
    expect(wrong).toEqual(failures(FREE, 'wrong_password'));
    expect(await change(PASSWORD)).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  });

  it('at the sign-in page does not keep the owner from changing the password, nor the other way round', async () => {
    const email = await newPerson();
    const browser = await stage.signedIn(email);
    const stranger = stage.browser();
    await codes(FREE, (time) => stranger.signIn(email, `guess number ${time}`));
    expect((await stage.browser().signIn(email)).body['code']).toBe('wrong_credentials');
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
    const email = await newPerson();
    const other = await stage.api.newTenant();
    const invited = await stage.api.send(other.key, 'POST', '/v1/members', {
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify({ email, role: 'viewer' }),
    });
    const token = invited.json<{ invitation_url: string }>().invitation_url.split('/').pop();
    const accept = (password: string) => stage.browser().send('POST', `/auth/invitations/${token}`, { password });
    const refusedBefore = (await stage.actions(tenant.id)).filter((action) => action === 'session.refused').length;
    const wrong = await codes(FREE, (time) => accept(`guess number ${time}`));
    expect(wrong).toEqual(failures(FREE, 'wrong_password'));
    expect(await accept(PASSWORD)).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    const refused = (await stage.actions(tenant.id)).filter((action) => action === 'session.refused').length;
    expect(refused - refusedBefore).toBe(FREE);
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
    const totp = await browser.beginTotp();
    const confirmed = await browser.send('POST', '/auth/totp/confirm', { code: totp.generate() });
    const [right] = confirmed.body['recovery_codes'] as string[];
    const remove = (code: string) => browser.send('DELETE', '/auth/totp', { password: PASSWORD, code });
    const wrong = await codes(FREE - 1, (time) => remove(`guess-${time}`));
    // Who knows the password chooses it once more, and has no more guesses for that.
    const again = { current_password: PASSWORD, new_password: PASSWORD };
    expect((await browser.send('POST', '/auth/password', again)).status).toBe(204);
    wrong.push((await remove('guess-last')).body['code']);
    expect(wrong).toEqual(failures(FREE, 'wrong_code'));
    expect(await remove(String(right))).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  });
});
