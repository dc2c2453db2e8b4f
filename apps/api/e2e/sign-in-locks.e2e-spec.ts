import { newUuid } from '@hub/platform';
import { insertSession, issueToken, listSessions, lockUser, lockUserByEmail } from '@hub/tenancy';
import { waitUntilWaitedFor } from '@hub/testing';
import { stagePeople, type PeopleStage } from '../../../test/support/people-stage';

/** Postgres ends one of two transactions that wait for each other: nobody who signs in may be that one. */
describe('locks of people who are on their way in', () => {
  let stage: PeopleStage;
  let tenant: string;

  beforeAll(async () => {
    stage = await stagePeople();
    tenant = (await stage.api.newTenant()).id;
  });
  afterAll(() => stage?.close());

  it.each([
    ['totp', () => '/auth/sign-in/totp', (challenge: string) => ({ challenge, code: '000000' }), 'challenge_expired'],
    [
      'password_reset',
      (token: string) => `/auth/password-reset/${token}`,
      () => ({ new_password: 'another long one' }),
      'reset_expired',
    ],
  ])('are of the person first, and of their challenges then: %s', async (kind, url, body, code) => {
    const email = await stage.person({ [tenant]: 'viewer' });
    const { token, hash } = issueToken();
    await stage.database.asSuperuser(async (client) => {
      await client.query(
        `insert into sign_in_challenges (token_hash, user_id, kind, expires_at)
         select $1, id, $2, now() + interval '1 hour' from users where email = $3`,
        [hash, kind, email],
      );
      await client.query('begin');
      await client.query('select from users where email = $1 for update', [email]);
      const answer = stage.browser().send('POST', url(token), body(token));
      await waitUntilWaitedFor(client);
      // As whoever takes the account over does now. A challenge that the other holds meanwhile is one to wait for, in vain.
      const ended = await client.query(
        `delete from sign_in_challenges where token_hash in (
           select token_hash from sign_in_challenges where token_hash = $1 for update skip locked)`,
        [hash],
      );
      await client.query('commit');
      expect((await answer).body['code']).toBe(code);
      expect(ended.rowCount).toBe(1);
    });
  });

  it('of the person let what only points at them be written meanwhile, as a session by single sign-on is', async () => {
    const email = await stage.person({ [tenant]: 'viewer' });
    await stage.database.operator.transaction(async (tx) => {
      const userId = (await lockUserByEmail(tx, email))?.id ?? '';
      expect(await lockUser(tx, userId)).not.toBeNull();
      const session = { id: newUuid(), userId, tenantId: tenant, tokenHash: issueToken().hash, ssoTenantId: tenant };
      const origin = { ip: null, userAgent: null };
      await stage.database.operator.transaction((other) => insertSession(other, { ...session, origin }));
      expect(await listSessions(tx, userId)).toHaveLength(1);
    });
  });
});
