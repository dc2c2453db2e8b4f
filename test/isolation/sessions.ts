import { randomBytes } from 'node:crypto';
import { newUuid, toPublicId } from '@hub/platform';
import { csrfTokenOf, issueToken, type Role } from '@hub/tenancy';
import { type TestDatabase } from '@hub/testing';

export interface Signed {
  /** As the audit log names them. */
  readonly id: string;
  /** What a browser sends from a page of the hub. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Somebody who is signed in, inside the tenant: a member with a role, or an operator who has entered it. */
export async function signIn(
  database: TestDatabase,
  tenant: string,
  who: { readonly role: Role; readonly payloads?: boolean } | 'operator',
): Promise<Signed> {
  const { token, hash } = issueToken();
  const user = newUuid();
  await database.asSuperuser(async (client) => {
    const email = `${randomBytes(5).toString('hex')}@example.com`;
    await client.query(`insert into users (id, email, name, is_operator) values ($1, $2, 'somebody', $3)`, [
      user,
      email,
      who === 'operator',
    ]);
    if (who !== 'operator')
      await client.query(
        `insert into memberships (tenant_id, id, user_id, role, can_read_payloads) values ($1, $2, $3, $4, $5)`,
        [tenant, newUuid(), user, who.role, who.payloads ?? false],
      );
    await client.query(
      `insert into user_sessions (id, user_id, inside_tenant_id, token_hash, expires_at, acting_reason, acting_until)
       values ($1, $2, $3, $4, now() + interval '1 hour', $5, case when $5::text is not null then now() + interval '1 hour' end)`,
      [newUuid(), user, tenant, hash, who === 'operator' ? 'a reason' : null],
    );
  });
  return {
    id: toPublicId('user', user),
    headers: { cookie: `hub_session=${token}`, 'x-csrf-token': csrfTokenOf(token), 'sec-fetch-site': 'same-origin' },
  };
}
