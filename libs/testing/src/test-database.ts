import { randomBytes } from 'node:crypto';
import { type Client } from 'pg';
import { Database, roleUrls, type DatabaseRole } from '@hub/database';
import { newUuid } from '@hub/platform';
import { readServices } from './jest/services-file';
import { withClient } from './with-client';

/** A database of one test file's own, with the pools of the hub's roles. Tests use `app`, as the hub does. */
export interface TestDatabase {
  readonly name: string;
  readonly urls: Readonly<Record<DatabaseRole, string>>;
  readonly superuserUrl: string;
  readonly app: Database;
  readonly accept: Database;
  readonly dispatcher: Database;
  readonly operator: Database;
  /** For arranging and looking behind the curtain only. */
  asSuperuser<T>(work: (client: Client) => Promise<T>): Promise<T>;
  createTenant(overrides?: {
    tier?: string;
    rateLimitPerMinute?: number;
    status?: string;
  }): Promise<{ id: string; slug: string }>;
  /** @returns its id */
  createConnection(tenantId: string, connectorId: string, config?: object): Promise<string>;
  close(): Promise<void>;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const services = readServices();
  const name = `hub_test_${randomBytes(6).toString('hex')}`;
  await withClient(services.superuserUrl, (client) =>
    client.query(`create database ${name} template ${services.templateDatabase} strategy file_copy owner hub_owner`),
  );
  const superuserUrl = new URL(services.superuserUrl);
  superuserUrl.pathname = `/${name}`;
  const urls = roleUrls({ adminUrl: services.superuserUrl, database: name, passwords: services.passwords });
  const pool = (role: DatabaseRole): Database =>
    new Database({ url: urls[role], poolSize: 8, applicationName: 'hub-test' });
  const app = pool('app');
  const accept = pool('accept');
  const dispatcher = pool('dispatcher');
  const operator = pool('operator');
  const asSuperuser = <T>(work: (client: Client) => Promise<T>): Promise<T> =>
    withClient(superuserUrl.toString(), work);
  return {
    name,
    urls,
    superuserUrl: superuserUrl.toString(),
    app,
    accept,
    dispatcher,
    operator,
    asSuperuser,
    async createTenant(overrides = {}) {
      const id = newUuid();
      const slug = `t-${randomBytes(5).toString('hex')}`;
      await asSuperuser((client) =>
        client.query(
          `insert into tenants (id, slug, name, tier, rate_limit_per_minute, status) values ($1, $2, $2::text, $3, $4, $5)`,
          [
            id,
            slug,
            overrides.tier ?? 'enterprise',
            overrides.rateLimitPerMinute ?? null,
            overrides.status ?? 'active',
          ],
        ),
      );
      return { id, slug };
    },
    async createConnection(tenantId, connectorId, config = {}) {
      const id = newUuid();
      await asSuperuser((client) =>
        client.query(
          `insert into connections (tenant_id, id, name, connector_id, config) values ($1, $2, $3, $4, $5)`,
          [tenantId, id, `${connectorId} ${id}`, connectorId, JSON.stringify(config)],
        ),
      );
      return id;
    },
    async close() {
      await Promise.all([app.close(), accept.close(), dispatcher.close(), operator.close()]);
      await withClient(services.superuserUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}
