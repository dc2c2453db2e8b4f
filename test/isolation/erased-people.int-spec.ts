import { type Client } from 'pg';
import { newUuid } from '@hub/platform';
import { createTestDatabase, waitUntilWaitedFor, type TestDatabase } from '@hub/testing';

interface Person {
  readonly memberOf: readonly string[];
  readonly inside: string;
  /** By whose identity provider the session was begun. */
  readonly provedBy?: string;
  readonly runsTheHub?: true;
}

describe('people of a tenant that is erased', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  const sql = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    database.asSuperuser(async (client) => (await client.query<Row>(text, values)).rows);
  const add = async (name: string, { memberOf, inside, provedBy, runsTheHub }: Person): Promise<string> => {
    const id = newUuid();
    await sql(`insert into users (id, email, name, is_operator) values ($1, $2, $3, $4)`, [
      id,
      `${id}@example.com`,
      name,
      runsTheHub === true,
    ]);
    await sql(
      `insert into user_sessions (id, user_id, inside_tenant_id, sso_tenant_id, token_hash, expires_at)
       values ($1, $1, $2, $3, uuid_send($1), now() + interval '1 hour')`,
      [id, inside, provedBy ?? null],
    );
    await sql(
      `insert into sign_in_challenges (token_hash, user_id, kind, expires_at)
       values (uuid_send($1), $1, 'password_reset', now() + interval '1 hour')`,
      [id],
    );
    for (const tenant of memberOf)
      await sql(`insert into memberships (tenant_id, id, user_id, role) values ($1, gen_random_uuid(), $2, 'viewer')`, [
        tenant,
        id,
      ]);
    return id;
  };
  /** `session` and `reset link`, of each person who is still there. */
  const left = async (): Promise<Record<string, string>> => {
    const rows = await sql<{ name: string; has: string }>(
      `select u.name, concat_ws(', ',
         (select 'session' from user_sessions s where s.user_id = u.id),
         (select 'reset link' from sign_in_challenges c where c.user_id = u.id)) as has from users u`,
    );
    return Object.fromEntries(rows.map(({ name, has }) => [name, has]));
  };

  it('stay where they also belong elsewhere, or run the hub, with what lets them in there', async () => {
    const leaving = (await database.createTenant({ status: 'suspended' })).id;
    const other = (await database.createTenant()).id;
    await add('of it alone', { memberOf: [leaving], inside: leaving });
    await add('of it alone, and strayed', { memberOf: [leaving], inside: other });
    await add('of both', { memberOf: [leaving, other], inside: leaving });
    await add('of both, at work elsewhere', { memberOf: [leaving, other], inside: other });
    await add('of both, let in by it', { memberOf: [leaving, other], inside: other, provedBy: leaving });
    await add('runs the hub', { memberOf: [leaving], inside: other, runsTheHub: true });

    await database.operator.query(`select erase_tenant($1)`, [leaving]);
    // At once nobody is at work in it any more.
    expect(await sql(`select 1 from user_sessions where $1 in (inside_tenant_id, sso_tenant_id)`, [leaving])).toEqual(
      [],
    );
    await database.dispatcher.query(`select purge_erased_tenants(1000)`);
    expect(await left()).toEqual({
      'of both': 'reset link',
      'of both, at work elsewhere': 'session, reset link',
      'of both, let in by it': 'reset link',
      'runs the hub': 'session, reset link',
    });
  });

  /** A purge that begins while somebody holds a person, and what they do as soon as it waits for them. */
  const purgeDuring = async (person: string, meanwhile: (client: Client) => Promise<void>): Promise<void> =>
    database.asSuperuser(async (client) => {
      await client.query('begin');
      await client.query('select from users where id = $1 for no key update', [person]);
      const purge = database.dispatcher.query(`select purge_erased_tenants(1000)`);
      await waitUntilWaitedFor(client);
      await meanwhile(client);
      await client.query('commit');
      await purge;
    });

  it('are locked before what lets them in', async () => {
    const leaving = (await database.createTenant({ status: 'suspended' })).id;
    const person = await add('held', { memberOf: [leaving], inside: (await database.createTenant()).id });
    await database.operator.query(`select erase_tenant($1)`, [leaving]);
    await purgeDuring(person, async (client) => {
      // As whoever chooses a password goes on, having locked the person.
      for (const table of ['sign_in_challenges', 'user_sessions'])
        expect(
          (await client.query(`select from ${table} where user_id = $1 for update nowait`, [person])).rowCount,
        ).toBe(1);
    });
    expect(await left()).not.toHaveProperty('held');
  });

  it('stay where they are admitted elsewhere at that moment, with what lets them in', async () => {
    const leaving = (await database.createTenant({ status: 'suspended' })).id;
    const other = (await database.createTenant()).id;
    const person = await add('admitted', { memberOf: [leaving], inside: other });
    await database.operator.query(`select erase_tenant($1)`, [leaving]);
    await purgeDuring(person, async (client) => {
      await client.query(
        `insert into memberships (tenant_id, id, user_id, role) values ($1, gen_random_uuid(), $2, 'viewer')`,
        [other, person],
      );
    });
    expect(await left()).toHaveProperty('admitted', 'session, reset link');
  });
});
