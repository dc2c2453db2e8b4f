import { randomBytes } from 'node:crypto';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { newUuid, toPublicId } from '@hub/platform';
import { issueKey, SCOPES } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { injectAny, type AnyAnswer } from '../support/inject-any';
import { routesOf, type ApiRoute } from './api-routes';
import { furnish, type Tenant } from './furnish';
import { SAMPLES, type Belongings, type Sample } from './route-samples';
import { openWholeApi } from './whole-api';

/** The API in this process, with all its routes, and two tenants that have something of each kind. */
export class RouteStage {
  readonly routes: readonly ApiRoute[];
  victim!: Tenant;
  attacker!: Tenant;
  operatorKey!: string;
  belongings!: Belongings;
  attackersOwn!: Belongings;
  /** Of the victim's chain. */
  exportForOperators!: string;
  private victimRows!: string;

  private constructor(
    readonly database: TestDatabase,
    readonly app: NestFastifyApplication,
  ) {
    this.routes = routesOf(app);
  }

  static async open(): Promise<RouteStage> {
    const database = await createTestDatabase();
    return new RouteStage(database, await openWholeApi(database, 11));
  }

  async set(): Promise<void> {
    [this.victim, this.attacker] = [await this.newTenant(), await this.newTenant()];
    this.operatorKey = await this.newOperatorKey();
    this.belongings = await this.furnish(this.victim);
    this.attackersOwn = await this.furnish(this.attacker);
    const ofVictim = `/admin/v1/tenants/${toPublicId('tenant', this.victim.id)}/audit-exports`;
    const asked = await this.ask(this.operatorKey, 'POST', ofVictim, { reason: 'any' });
    this.exportForOperators = (JSON.parse(asked.text) as { id: string }).id;
    this.victimRows = await this.rowsOf(this.victim);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.database.close();
  }

  ask(key: string | null, method: string, url: string, body?: unknown): Promise<AnyAnswer> {
    return injectAny(this.app, {
      method: method as 'GET',
      url,
      // The bucket of failed requests is by address: each asks from one of his own.
      remoteAddress: `10.${randomBytes(1)[0]}.${randomBytes(1)[0]}.${randomBytes(1)[0]}`,
      headers: {
        'x-request-id': 'fixed',
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
  }

  /** Something of each kind, one of everything that has an id. */
  furnish(tenant: Tenant): Promise<Belongings> {
    return furnish(this.database, (...request) => this.ask(...request), tenant);
  }

  /** What has come, gone or changed of the victim since the stage was set would be seen here. */
  async expectVictimUntouched(): Promise<void> {
    expect(await this.rowsOf(this.victim)).toBe(this.victimRows);
  }

  get tenantRoutes(): readonly ApiRoute[] {
    return this.routes.filter(({ access }) => access?.kind === 'tenant');
  }

  get operatorRoutes(): readonly ApiRoute[] {
    return this.routes.filter(({ access }) => access?.kind === 'operator');
  }

  async newTenant(): Promise<Tenant> {
    const { id } = await this.database.createTenant();
    return { id, key: await this.newKey(id, SCOPES), revoked: await this.newKey(id, SCOPES, true) };
  }

  async newKey(tenant: string, scopes: readonly string[], revoked = false): Promise<string> {
    const issued = issueKey('test');
    await this.database.asSuperuser((client) =>
      client.query(
        `insert into api_keys (tenant_id, id, prefix, name, environment, secret_hash, scopes, revoked_at)
       values ($1, $2, $3, 'test', 'test', $4, $5, case when $6 then now() - interval '1 hour' end)`,
        [tenant, newUuid(), issued.prefix, issued.hash, scopes, revoked],
      ),
    );
    return issued.key;
  }

  async newOperatorKey(revoked = false): Promise<string> {
    const issued = issueKey('op');
    await this.database.asSuperuser((client) =>
      client.query(
        `insert into operator_keys (id, prefix, name, secret_hash, revoked_at) values ($1, $2, 'test', $3, case when $4 then now() end)`,
        [newUuid(), issued.prefix, issued.hash, revoked],
      ),
    );
    return issued.key;
  }

  /** Everything that the database holds of a tenant. */
  private async rowsOf(tenant: Tenant): Promise<string> {
    return this.database.asSuperuser(async (client) => {
      const { rows: tables } = await client.query<{ name: string }>(
        `select c.oid::regclass::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
         where c.relkind in ('r', 'p') and not c.relispartition order by 1`,
      );
      const texts: string[] = [];
      for (const { name } of tables) {
        const { rows } = await client.query<{ text: string }>(
          `select (to_jsonb(t) - 'last_used_at')::text as text from ${name} t where tenant_id = $1 order by 1`,
          [tenant.id],
        );
        texts.push(name, ...rows.map(({ text: row }) => row));
      }
      return texts.join('\n');
    });
  }
}

export const nameOf = ({ method, path }: ApiRoute): string => `${method} ${path}`;

export const urlOf = ({ path }: ApiRoute, sample: Sample): string => {
  const filled = path.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(sample.path?.[name] ?? ''));
  const query = new URLSearchParams(sample.query).toString();
  return query === '' ? filled : `${filled}?${query}`;
};

export const samplesOf = (route: ApiRoute, of: Belongings, own = of): readonly Sample[] => {
  const samples = SAMPLES[nameOf(route)];
  if (samples === undefined)
    throw new Error(`add to SAMPLES how ${nameOf(route)} is asked for something of another tenant`);
  return samples(of, own);
};

export function codeOf(body: string): unknown {
  return (JSON.parse(body) as { code?: unknown }).code;
}
