import { type Secrets } from '../data-folder/secrets-file';
import { HubClient, refusal } from '../hub-client';

export interface SeededPerson {
  readonly email: string;
  readonly password: string;
  readonly role: string;
}

const ROLES = ['owner', 'admin', 'developer', 'support', 'compliance', 'viewer'] as const;
const OPERATOR = { email: 'operator@hub.test', name: 'Olga Operator' } as const;

/** One person for each role, who all sign in with the data folder's password. Made at the first start alone. */
export async function seedPeople(
  apiUrl: string,
  secrets: Secrets,
  tenant: { readonly id: string; readonly slug: string; readonly name: string },
): Promise<SeededPerson[]> {
  const people = ROLES.map((role) => ({
    email: `${role}@${tenant.slug}.test`,
    password: secrets.peoplePassword,
    role,
  }));
  if (secrets.arePeopleSeeded) return people;
  for (const { email, password, role } of people)
    await ensurePerson(apiUrl, secrets, {
      email,
      password,
      name: `${tenant.name} ${role}`,
      memberships: [{ tenant_id: tenant.id, role }],
    });
  return people;
}

/** Somebody who runs the hub, and belongs to no tenant; made last. */
export async function seedOperator(apiUrl: string, secrets: Secrets): Promise<SeededPerson> {
  const password = secrets.peoplePassword;
  if (!secrets.arePeopleSeeded) await ensurePerson(apiUrl, secrets, { ...OPERATOR, password, is_operator: true });
  await secrets.keepPeopleSeeded();
  return { email: OPERATOR.email, password, role: 'operator' };
}

async function ensurePerson(apiUrl: string, secrets: Secrets, person: object): Promise<void> {
  const path = '/admin/v1/users';
  const answer = await new HubClient(apiUrl, secrets.operatorKey).request('POST', path, person);
  if (answer.status !== 201 && answer.status !== 409) throw refusal('POST', path, answer);
}
