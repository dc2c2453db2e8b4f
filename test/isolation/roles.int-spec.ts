import { randomBytes } from 'node:crypto';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Role } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { injectAny } from '../support/inject-any';
import { routesOf, type ApiRoute } from './api-routes';
import { DANGEROUS, MAY, type Person } from './role-table';
import { signIn, type Signed } from './sessions';
import { openWholeApi } from './whole-api';

const PEOPLE: Readonly<Record<Person, { readonly role: Role; readonly payloads: boolean }>> = {
  owner: { role: 'owner', payloads: false },
  admin: { role: 'admin', payloads: false },
  developer: { role: 'developer', payloads: false },
  support: { role: 'support', payloads: false },
  compliance: { role: 'compliance', payloads: false },
  auditor: { role: 'compliance', payloads: true },
  viewer: { role: 'viewer', payloads: false },
};
const EVERYBODY = Object.keys(PEOPLE) as Person[];

describe('every route of the API, for every role', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let routes: ApiRoute[];
  const signed = new Map<Person, Signed>();

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await openWholeApi(database, 12);
    routes = routesOf(app).filter(({ access }) => access?.kind === 'tenant');
    // Each in a company of his own, so that what one does stands in nobody’s way.
    for (const person of EVERYBODY)
      signed.set(person, await signIn(database, (await database.createTenant()).id, PEOPLE[person]));
  }, 60_000);
  afterAll(async () => {
    await app?.close();
    await database?.close();
  });

  /** With ids that nothing has and no body: who is let in gets as far as being told so. */
  async function ask(
    person: Person,
    { method, path }: ApiRoute,
    query = '',
  ): Promise<{ status: number; code: unknown }> {
    const answer = await injectAny(app, {
      method: method as 'GET',
      url: `${path.replace(/:\w+/g, 'none_01k9g8xv7hf2p9w3c5q6r7s8t9')}${query}`,
      remoteAddress: `10.${randomBytes(1)[0]}.${randomBytes(1)[0]}.${randomBytes(1)[0]}`,
      headers: signed.get(person)?.headers ?? {},
    });
    const isProblem = answer.headers['content-type']?.toString().startsWith('application/problem+json') === true;
    return { status: answer.status, code: isProblem ? (JSON.parse(answer.text) as { code: string }).code : null };
  }

  const nameOf = ({ method, path }: ApiRoute): string => `${method} ${path}`;

  it('is in the table, and the table knows no others', () => {
    expect(routes.map(nameOf).sort()).toEqual(Object.keys(MAY).sort());
  });

  it('lets in whom the table names, and refuses everybody else for want of a scope', async () => {
    const found: Record<string, string[]> = {};
    for (const route of routes) {
      const allowed: string[] = [];
      for (const person of EVERYBODY) {
        const { status, code } = await ask(person, route);
        // No session at all, or one that is not believed, would prove nothing.
        expect([nameOf(route), person, status]).not.toEqual([nameOf(route), person, 401]);
        if (status !== 403) allowed.push(person);
        else expect([nameOf(route), person, code]).toEqual([nameOf(route), person, 'missing_scope']);
      }
      found[nameOf(route)] = allowed;
    }
    expect(found).toEqual(Object.fromEntries(Object.entries(MAY).map(([name, people]) => [name, [...people]])));
  }, 30_000);

  it.each(DANGEROUS)('%s', async (_words, people, names) => {
    const meant = routes.filter((route) => names.includes(nameOf(route)));
    expect(meant.map(nameOf).sort()).toEqual([...names].sort());
    for (const route of meant)
      for (const person of people)
        expect([person, nameOf(route), await ask(person, route)]).toEqual([
          person,
          nameOf(route),
          { status: 403, code: 'missing_scope' },
        ]);
  });

  it('searches payloads for whoever may read them', async () => {
    const [events] = routes.filter((route) => nameOf(route) === 'GET /v1/events');
    if (events === undefined) throw new Error('events cannot be listed');
    const may: string[] = [];
    for (const person of EVERYBODY) if ((await ask(person, events, '?q=anything')).status === 200) may.push(person);
    expect(may).toEqual(['owner', 'admin', 'developer', 'support', 'auditor']);
  });
});
