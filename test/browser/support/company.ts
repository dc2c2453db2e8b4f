import { randomBytes } from 'node:crypto';
import { HubApi } from './hub-api';
import { type Role, type Stage } from './stage';

/** A new tenant with nothing in it but its people: what one journey changes, no other one sees. */
export interface Company {
  readonly id: string;
  readonly name: string;
  /** With its first key, which may do everything that keys may. */
  readonly api: HubApi;
  readonly password: string;
  emailOf(role: Role): string;
}

export async function newCompany(stage: Stage, operatorApi: HubApi, roles: readonly Role[]): Promise<Company> {
  const slug = `c-${randomBytes(5).toString('hex')}`;
  const name = `Company ${slug}`;
  const password = randomBytes(12).toString('hex');
  const { id, api_key: key } = await operatorApi.post<{ id: string; api_key: string }>('/admin/v1/tenants', {
    slug,
    name,
    tier: 'enterprise',
    key_environment: 'test',
  });
  const emailOf = (role: Role): string => `${role}@${slug}.test`;
  await Promise.all(
    roles.map((role) =>
      operatorApi.post('/admin/v1/users', {
        email: emailOf(role),
        name: `${role} of ${slug}`,
        password,
        memberships: [{ tenant_id: id, role }],
      }),
    ),
  );
  return { id, name, api: await HubApi.with(stage.dev.api_url, key), password, emailOf };
}
