import { findUserByEmail, issueToken, listSessions } from '@hub/tenancy';
import { waitUntil, waitUntilWaitedFor, type TestDatabase } from '@hub/testing';
import {
  PASSWORD,
  stagePeople,
  type Answer,
  type PeopleStage,
  type StageBrowser,
} from '../../../test/support/people-stage';

type Client = Parameters<Parameters<TestDatabase['asSuperuser']>[0]>[0];

/** As whoever takes back what lets somebody in. */
const USER = 'select from users where email = $1 for no key update';
const NEW_PASSWORD = 'another long one';
const FREE = 5;

/** Somebody comes in while what lets them in is taken back: who holds the person's row meanwhile stands for who does that. */
describe('on the way in', () => {
  let stage: PeopleStage;
  let tenant: { readonly id: string; readonly key: string };

  beforeAll(async () => {
    stage = await stagePeople();
    tenant = await stage.api.newTenant();
  });
  afterAll(() => stage?.close());

  const userOf = (email: string) => stage.database.operator.transaction((tx) => findUserByEmail(tx, email));
  const openSessions = (email: string) =>
    stage.database.operator.transaction(async (tx) =>
      listSessions(tx, (await findUserByEmail(tx, email))?.id ?? 'nobody'),
    );
  const enableTotp = async (email: string): Promise<void> => {
    await stage.database.asSuperuser((client) =>
      client.query(`update users set totp_secret = 'k1.x', totp_confirmed_at = now() where email = $1`, [email]),
    );
  };
  /** @param meanwhile what is done, by who holds what is asked for, while the request waits for it */
  const during = async (
    [sql, value]: readonly [sql: string, value: string],
    request: () => Promise<Answer>,
    meanwhile: (client: Client) => Promise<unknown>,
  ): Promise<Answer> => {
    let answer: Promise<Answer> | undefined;
    await stage.database.asSuperuser(async (client) => {
      await client.query('begin');
      await client.query(sql, [value]);
      answer = request();
      await waitUntilWaitedFor(client);
      await meanwhile(client);
      await client.query('commit');
    });
    if (answer === undefined) throw new Error('nothing was asked');
    return answer;
  };
  const endSessions = (client: Client, email: string) =>
    client.query(
      `update user_sessions set ended_at = now()
       where ended_at is null and user_id = (select id from users where email = $1)`,
      [email],
    );

  /** @returns what lets in who has given their password */
  const begunWithCode = async (email: string, owner: StageBrowser) => {
    const totp = await owner.beginTotp();
    const confirmed = await owner.send('POST', '/auth/totp/confirm', { code: totp.generate() });
    const [code] = confirmed.body['recovery_codes'] as string[];
    return { challenge: (await stage.browser().signIn(email)).body['challenge'] as string, code };
  };

  describe.each([
    ['a session', async () => {}],
    ['what asks for the second factor', enableTotp],
  ])('%s', (_what, prepare) => {
    it('is not begun by a password that is not the person’s any more', async () => {
      const email = await stage.person({ [tenant.id]: 'viewer' });
      await prepare(email);
      const { body } = await during(
        [USER, email],
        () => stage.browser().signIn(email),
        async (client) => {
          await client.query(`update users set password_hash = 'chosen anew' where email = $1`, [email]);
          await endSessions(client, email);
        },
      );
      expect(body['code']).toBe('wrong_credentials');
      expect(await openSessions(email)).toEqual([]);
    });

    it('is not begun by the right password once others have locked the account', async () => {
      const email = await stage.person({ [tenant.id]: 'viewer' });
      await prepare(email);
      const { body } = await during(
        [USER, email],
        () => stage.browser().signIn(email),
        (client) =>
          client.query(`update users set failures = 5, locked_until = now() + interval '1 hour' where email = $1`, [
            email,
          ]),
      );
      expect(body['code']).toBe('wrong_credentials');
      expect(await openSessions(email)).toEqual([]);
    });
  });

  it('wrong passwords are answered before they are counted, and count all the same', async () => {
    const email = await stage.person({ [tenant.id]: 'viewer' });
    await stage.database.asSuperuser(async (client) => {
      await client.query('begin');
      await client.query(USER, [email]);
      const told: unknown[] = [];
      for (let time = 0; time < FREE + 3; time++)
        void stage
          .browser()
          .signIn(email, `guess number ${time}`)
          .then(({ body }) => told.push(body['code']));
      await waitUntil('all the answers', async () => told.length === FREE + 3, 10_000);
      expect(new Set(told)).toEqual(new Set(['wrong_credentials']));
      // The row knows of none of them yet.
      expect((await stage.browser().signIn(email)).body['code']).toBe('wrong_credentials');
      await client.query('commit');
    });
    await waitUntil('them to be counted', async () => (await userOf(email))?.failures === FREE, 10_000);
    expect((await userOf(email))?.locked_until).not.toBeNull();
    expect((await stage.browser().signIn(email)).body['code']).toBe('wrong_credentials');
    expect(await openSessions(email)).toEqual([]);
  });

  it('a session is not moved to another company when all were ended meanwhile', async () => {
    const other = await stage.api.newTenant();
    const email = await stage.person({ [tenant.id]: 'viewer', [other.id]: 'viewer' });
    const browser = await stage.signedIn(email);
    const { memberships } = (await browser.enter()).body;
    const { body } = await during(
      [USER, email],
      () => browser.send('POST', '/auth/tenant', { tenant_id: memberships[1].tenant_id }),
      (client) => endSessions(client, email),
    );
    expect(body['code']).toBe('not_signed_in');
    expect(await openSessions(email)).toEqual([]);
  });

  it('a session that is just being begun ends with all the others', async () => {
    const email = await stage.person({ [tenant.id]: 'viewer' });
    const browser = await stage.signedIn(email);
    const { status } = await during(
      [USER, email],
      () => browser.send('DELETE', '/auth/sessions'),
      (client) =>
        client.query(
          `insert into user_sessions (id, user_id, token_hash, expires_at)
           select gen_random_uuid(), id, $2, now() + interval '1 hour' from users where email = $1`,
          [email, issueToken().hash],
        ),
    );
    expect(status).toBe(204);
    const left = (await browser.send('GET', '/auth/sessions')).body['data'] as { current: boolean }[];
    expect(left.map(({ current }) => current)).toEqual([true]);
  });

  /** Of a browser that had somebody else's session, which ends with it: where a session that is being written can be held up. */
  const heldUp = async (email: string, request: (browser: StageBrowser) => Promise<Answer>) => {
    const lender = await stage.person({ [tenant.id]: 'viewer' });
    const browser = await stage.signedIn(lender);
    let isHeld: boolean | undefined;
    const answer = await during(
      ['select from user_sessions s join users u on u.id = s.user_id where u.email = $1 for update of s', lender],
      () => request(browser),
      async (client) => {
        const { rows } = await client.query(`${USER} skip locked`, [email]);
        isHeld = rows.length === 0;
      },
    );
    return { answer, isHeld };
  };

  it('whoever has proved a code is held until the session is there', async () => {
    const email = await stage.person({ [tenant.id]: 'viewer' });
    const proof = await begunWithCode(email, await stage.signedIn(email));
    const { answer, isHeld } = await heldUp(email, (browser) => browser.send('POST', '/auth/sign-in/totp', proof));
    expect(isHeld).toBe(true);
    expect(answer.body).toEqual({ status: 'signed_in' });
  });

  it('whoever accepts an invitation is held until the session is there', async () => {
    const other = await stage.api.newTenant();
    const email = await stage.person({ [tenant.id]: 'viewer' });
    const invited = await stage.api.send(other.key, 'POST', '/v1/members', {
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify({ email, role: 'viewer' }),
    });
    const token = invited.json<{ invitation_url: string }>().invitation_url.split('/').pop();
    const { answer, isHeld } = await heldUp(email, (browser) =>
      browser.send('POST', `/auth/invitations/${token}`, { password: PASSWORD }),
    );
    expect(isHeld).toBe(true);
    expect(answer.body).toEqual({ status: 'signed_in' });
  });

  it('who is asked for a code has to begin again when the password was changed', async () => {
    const email = await stage.person({ [tenant.id]: 'viewer' });
    const owner = await stage.signedIn(email);
    const proof = await begunWithCode(email, owner);
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD };
    expect((await owner.send('POST', '/auth/password', change)).status).toBe(204);
    const late = await stage.browser().send('POST', '/auth/sign-in/totp', proof);
    expect(late.body['code']).toBe('challenge_expired');
  });
});

it('what is still to be counted and recorded of a wrong password is done before the API ends', async () => {
  const stage = await stagePeople();
  let closed: Promise<void> | undefined;
  try {
    const tenant = await stage.api.newTenant();
    const email = await stage.person({ [tenant.id]: 'viewer' });
    await stage.database.asSuperuser(async (client) => {
      await client.query('begin');
      await client.query(USER, [email]);
      expect((await stage.browser().signIn(email, 'not this one')).body['code']).toBe('wrong_credentials');
      await waitUntilWaitedFor(client);
      closed = stage.api.close();
      await client.query('commit');
    });
    await closed;
    const user = await stage.database.operator.transaction((tx) => findUserByEmail(tx, email));
    expect(user?.failures).toBe(1);
    expect(await stage.actions(tenant.id)).toEqual(['session.refused']);
  } finally {
    await (closed ?? stage.api.close());
    await stage.database.close();
  }
});
