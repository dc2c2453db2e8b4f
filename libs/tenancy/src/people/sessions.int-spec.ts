import { randomBytes } from 'node:crypto';
import { newUuid } from '@hub/platform';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import {
  endSession,
  failChallenge,
  findSession,
  insertChallenge,
  insertSession,
  lockChallenge,
  setActing,
} from './sessions.repository';

/** As the role that lets people in: no policy stands behind what these statements forget. */
describe('a session', () => {
  let database: TestDatabase;
  let tenant: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    tenant = (await database.createTenant()).id;
  });
  afterAll(() => database?.close());

  const sql = (text: string, ...values: unknown[]) =>
    database.asSuperuser(async (client) => (await client.query(text, values)).rows);
  const newPerson = async (): Promise<string> => {
    const id = newUuid();
    await sql(`insert into users (id, email, name) values ($1, $2, 'P')`, id, `${id}@example.com`);
    await sql(
      `insert into memberships (tenant_id, id, user_id, role) values ($1, gen_random_uuid(), $2, 'admin')`,
      tenant,
      id,
    );
    return id;
  };
  const begun = async (): Promise<{ id: string; userId: string; hash: Buffer }> => {
    const [id, userId, hash] = [newUuid(), await newPerson(), randomBytes(32)];
    const origin = { ip: null, userAgent: null };
    await database.operator.transaction((tx) =>
      insertSession(tx, { id, userId, tenantId: tenant, tokenHash: hash, origin, ssoTenantId: null }),
    );
    return { id, userId, hash };
  };
  const found = (hash: Buffer) => database.operator.transaction((tx) => findSession(tx, hash));

  it.each([
    ['that was ended', `update user_sessions set ended_at = now() where id = $1`],
    [
      'that has had its twelve hours',
      `update user_sessions set expires_at = now() - interval '1 second' where id = $1`,
    ],
    [
      'that nobody has used for half an hour',
      `update user_sessions set last_seen_at = now() - interval '31 minutes' where id = $1`,
    ],
    [
      'of somebody who is disabled',
      `update users set disabled_at = now() where id = (select user_id from user_sessions where id = $1)`,
    ],
  ])('is none %s', async (_what, change) => {
    const { id, hash } = await begun();
    expect(await found(hash)).toMatchObject({ id, role: 'admin' });
    await sql(change, id);
    expect(await found(hash)).toBeNull();
  });

  it('is good for half an hour without use, and for twelve hours in all', async () => {
    const { id, hash } = await begun();
    await sql(`update user_sessions set last_seen_at = now() - interval '29 minutes' where id = $1`, id);
    expect(await found(hash)).toMatchObject({ id });
    const [row] = await sql(
      `select expires_at - created_at = interval '12 hours' as half_a_day from user_sessions where id = $1`,
      id,
    );
    expect(row).toEqual({ half_a_day: true });
  });

  it('knows no role of who is disabled where they are', async () => {
    const { userId, hash } = await begun();
    await sql(`update memberships set status = 'disabled' where user_id = $1`, userId);
    expect(await found(hash)).toMatchObject({ role: null });
  });

  it('is ended by nobody but its own person', async () => {
    const [mine, theirs] = [await begun(), await begun()];
    const end = (id: string): Promise<boolean> =>
      database.operator.transaction((tx) => endSession(tx, id, mine.userId));
    expect(await end(theirs.id)).toBe(false);
    expect(await found(theirs.hash)).not.toBeNull();
    expect(await end(mine.id)).toBe(true);
    expect(await end(mine.id)).toBe(false);
  });

  it('that was ended enters no company any more', async () => {
    const { id, userId } = await begun();
    const enter = (): Promise<boolean> =>
      database.operator.transaction((tx) =>
        setActing(tx, id, { tenantId: tenant, reason: 'ticket 42', minutes: 60 }, randomBytes(32)),
      );
    expect(await enter()).toBe(true);
    const [row] = await sql(
      `select acting_until - now() between interval '59 minutes' and interval '60 minutes' as an_hour from user_sessions where id = $1`,
      id,
    );
    expect(row).toEqual({ an_hour: true });
    await database.operator.transaction((tx) => endSession(tx, id, userId));
    expect(await enter()).toBe(false);
  });
});

describe('a challenge', () => {
  let database: TestDatabase;
  let user: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    user = newUuid();
    await database.asSuperuser((client) =>
      client.query(`insert into users (id, email, name) values ($1, 'a@example.com', 'P')`, [user]),
    );
  });
  afterAll(() => database?.close());

  it('is good for what it was made for, and for five tries', async () => {
    const hash = randomBytes(32);
    const run = <T>(work: (tx: Parameters<typeof lockChallenge>[0]) => Promise<T>): Promise<T> =>
      database.operator.transaction(work);
    await run((tx) => insertChallenge(tx, 'totp', user, hash));
    // Or a sign-in with the password alone would be a link to choose another, and end the second factor's use.
    expect(await run((tx) => lockChallenge(tx, 'password_reset', hash))).toBeNull();
    for (let tries = 0; tries < 5; tries++) {
      expect(await run((tx) => lockChallenge(tx, 'totp', hash))).toMatchObject({ challenge: { user_id: user } });
      await run((tx) => failChallenge(tx, hash));
    }
    expect(await run((tx) => lockChallenge(tx, 'totp', hash))).toBeNull();
  });
});
