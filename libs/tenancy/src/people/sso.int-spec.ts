import { randomBytes } from 'node:crypto';
import { newUuid } from '@hub/platform';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { lockInvitation, lockInvitationOf } from './members.repository';
import { findSsoByEmail, findSsoBySlug } from './sso.repository';

/** As the role that lets people in: no policy stands behind what these statements forget. */
describe('who comes in by way of a company', () => {
  let database: TestDatabase;
  let tenant: { id: string; slug: string };
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    tenant = await database.createTenant();
  });

  const sql = (text: string, ...values: unknown[]): Promise<unknown> =>
    database.asSuperuser((client) => client.query(text, values));
  const invite = async (tenantId: string, email: string, expires = '1 day'): Promise<Buffer> => {
    const hash = randomBytes(32);
    await sql(
      `insert into invitations (tenant_id, id, email, role, token_hash, expires_at) values ($1, $2, $3, 'admin', $4, now() + $5::interval)`,
      tenantId,
      newUuid(),
      email,
      hash,
      expires,
    );
    return hash;
  };

  it('is invited by that company, by no other, and for as long as it says', async () => {
    const other = await database.createTenant();
    const find = (email: string) => database.operator.transaction((tx) => lockInvitationOf(tx, tenant.id, email));
    await invite(other.id, 'elsewhere@example.com');
    expect(await find('elsewhere@example.com')).toBeNull();
    await invite(tenant.id, 'late@example.com', '-1 second');
    expect(await find('late@example.com')).toBeNull();
    await invite(tenant.id, 'here@example.com');
    expect(await find('here@example.com')).toMatchObject({ tenant_id: tenant.id, role: 'admin' });
  });

  it('follows no link that has had its days', async () => {
    const follow = (hash: Buffer) => database.operator.transaction((tx) => lockInvitation(tx, hash));
    expect(await follow(await invite(tenant.id, 'a@example.com'))).toMatchObject({ tenant_id: tenant.id });
    expect(await follow(await invite(tenant.id, 'b@example.com', '-1 second'))).toBeNull();
  });

  it('finds its provider as long as the company is open, and by a domain that it has proved', async () => {
    const domain = `${tenant.slug}.example`;
    await sql(
      `insert into tenant_data_keys (tenant_id, id, wrapped_key, active) values ($1, $1, 'x', true)`,
      tenant.id,
    );
    await sql(
      `insert into sso_settings (tenant_id, issuer, client_id, client_secret, key_id, default_role, required)
       values ($1, 'https://idp.example', 'c', 's', $1, 'viewer', false)`,
      tenant.id,
    );
    await sql(`insert into sso_domains (tenant_id, domain, token) values ($1, $2, 't')`, tenant.id, domain);
    const found = () =>
      database.operator.transaction(async (tx) => [
        (await findSsoBySlug(tx, tenant.slug))?.tenant_id,
        (await findSsoByEmail(tx, `somebody@${domain}`))?.tenant_id,
      ]);
    expect(await found()).toEqual([undefined, undefined]);
    await sql(`update sso_domains set verified_at = now(), verified_by = 'dns' where tenant_id = $1`, tenant.id);
    expect(await found()).toEqual([tenant.id, tenant.id]);
    await sql(`update tenants set status = 'suspended' where id = $1`, tenant.id);
    expect(await found()).toEqual([undefined, undefined]);
  });
});
