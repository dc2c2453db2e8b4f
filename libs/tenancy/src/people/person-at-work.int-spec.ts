import { newUuid } from '@hub/platform';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { TenantDb } from '../tenant-db';

interface Fields {
  readonly disabled?: true;
  readonly isOperator?: true;
  /** Of the membership, and where it is. */
  readonly member?: 'active' | 'disabled';
  readonly memberOfOther?: true;
  /** The end of a visit as an operator, as SQL. */
  readonly visitUntil?: string;
  readonly visitAt?: 'other';
  readonly visitEnded?: true;
}

const LATER = `now() + interval '1 hour'`;

describe('whether a person is still at work in a tenant', () => {
  let database: TestDatabase;
  let tenant: string;
  let other: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    [tenant, other] = [(await database.createTenant()).id, (await database.createTenant()).id];
  });
  afterAll(() => database?.close());

  it.each<[boolean, string, Fields]>([
    [true, 'a member', { member: 'active' }],
    [false, 'a member who is disabled there', { member: 'disabled' }],
    [false, 'a member who is disabled everywhere', { member: 'active', disabled: true }],
    [false, 'a member of another tenant', { memberOfOther: true }],
    [true, 'an operator on a visit', { isOperator: true, visitUntil: LATER }],
    [false, 'an operator whose visit is over', { isOperator: true, visitUntil: 'now()' }],
    [false, 'an operator who has signed out', { isOperator: true, visitUntil: LATER, visitEnded: true }],
    [false, 'an operator who visits another tenant', { isOperator: true, visitUntil: LATER, visitAt: 'other' }],
    [false, 'an operator who visits nobody', { isOperator: true }],
    [false, 'one who was an operator when they came', { visitUntil: LATER }],
  ])('%s: %s', async (isAtWork, _who, fields) => {
    const id = newUuid();
    await database.asSuperuser(async (client) => {
      await client.query(
        `insert into users (id, email, name, is_operator, disabled_at) values ($1, $2, 'P', $3, case when $4 then now() end)`,
        [id, `${id}@example.com`, fields.isOperator ?? false, fields.disabled ?? false],
      );
      const place = fields.memberOfOther === true ? other : tenant;
      if (fields.member !== undefined || fields.memberOfOther === true)
        await client.query(
          `insert into memberships (tenant_id, id, user_id, role, status) values ($1, gen_random_uuid(), $2, 'admin', $3)`,
          [place, id, fields.member ?? 'active'],
        );
      if (fields.visitUntil !== undefined)
        await client.query(
          `insert into user_sessions (id, user_id, inside_tenant_id, token_hash, acting_until, expires_at, ended_at)
           values ($1, $1, $2, uuid_send($1), ${fields.visitUntil}, now() + interval '1 hour', case when $3 then now() end)`,
          [id, fields.visitAt === 'other' ? other : tenant, fields.visitEnded ?? false],
        );
    });
    const found = await new TenantDb(database.app).run(tenant, (tx) =>
      tx.query(`select email from find_person_at_work($1)`, [id]),
    );
    expect(found).toEqual(isAtWork ? [{ email: `${id}@example.com` }] : []);
  });
});
