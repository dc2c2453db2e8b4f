import { randomBytes } from 'node:crypto';
import { newUuid } from '@hub/platform';
import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import { TenantDb } from '../tenant-db';
import { countOtherOwners, listPeople, lockInvitation, lockMemberships, upsertInvitation } from './members.repository';

describe('the members of a tenant', () => {
  let database: TestDatabase;
  let tenants: TenantDb;
  let tenant: string;
  let other: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    tenants = new TenantDb(database.app);
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    [tenant, other] = [(await database.createTenant()).id, (await database.createTenant()).id];
  });

  const sql = async (text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
    database.asSuperuser(async (client) => (await client.query(text, values)).rows as Record<string, unknown>[]);
  /** @returns the id of their first membership */
  const member = async (role: string, places: readonly string[], status = 'active'): Promise<string> => {
    const [id, first] = [newUuid(), newUuid()];
    await sql(`insert into users (id, email, name) values ($1, $2, 'P')`, id, `${id}@example.com`);
    for (const [number, place] of places.entries())
      await sql(
        `insert into memberships (tenant_id, id, user_id, role, status) values ($1, $2, $3, $4, $5)`,
        place,
        number === 0 ? first : newUuid(),
        id,
        role,
        status,
      );
    return first;
  };
  const people = () => tenants.run(tenant, (tx) => listPeople(tx, { limit: 10, before: null }));

  it('are its own, and were last seen there and nowhere else', async () => {
    const id = await member('viewer', [tenant, other]);
    await member('viewer', [other]);
    const beAt = (place: string): Promise<unknown> =>
      sql(
        `insert into user_sessions (id, user_id, inside_tenant_id, token_hash, expires_at)
         select $1, user_id, $2, $3, now() + interval '1 hour' from memberships where id = $4`,
        newUuid(),
        place,
        randomBytes(32),
        id,
      );
    await beAt(other);
    expect(await people()).toMatchObject([{ id, last_seen_at: null }]);
    await beAt(tenant);
    expect(await people()).toMatchObject([{ id, last_seen_at: expect.any(Date) }]);
  });

  it('have an owner who can come in: one who is disabled does not count, nor one of another tenant', async () => {
    const id = await member('owner', [tenant]);
    await member('owner', [tenant], 'disabled');
    await member('owner', [other]);
    await member('admin', [tenant]);
    const others = () => tenants.run(tenant, (tx) => countOtherOwners(tx, id));
    expect(await others()).toBe(0);
    await member('owner', [tenant]);
    expect(await others()).toBe(1);
  });

  it('stop being owners one after the other, so that the last two do not both at once', async () => {
    await member('owner', [tenant]);
    await member('owner', [tenant]);
    let second: Promise<void> | undefined;
    await tenants.run(tenant, async (tx) => {
      await lockMemberships(tx);
      second = tenants.run(tenant, lockMemberships);
      await waitUntil('the second to wait for the first', async () => {
        const waiting = await sql(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      });
    });
    await second;
  });

  it('are invited by the last link, not by those of before', async () => {
    const invite = async (role: 'viewer' | 'admin'): Promise<Buffer[]> => {
      const [tokenHash, mailedTokenHash] = [randomBytes(32), randomBytes(32)];
      await tenants.run(tenant, (tx) =>
        upsertInvitation(tx, {
          id: newUuid(),
          email: 'new@example.com',
          role,
          canReadPayloads: false,
          tokenHash,
          mailedTokenHash,
        }),
      );
      return [tokenHash, mailedTokenHash];
    };
    const followed = async (hashes: readonly Buffer[]): Promise<unknown[]> => {
      const found: unknown[] = [];
      for (const hash of hashes)
        found.push((await database.operator.transaction((tx) => lockInvitation(tx, hash)))?.role);
      return found;
    };
    const first = await invite('viewer');
    expect(await followed(first)).toEqual(['viewer', 'viewer']);
    const second = await invite('admin');
    expect(await followed(first)).toEqual([undefined, undefined]);
    expect(await followed(second)).toEqual(['admin', 'admin']);
  });
});
