import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { newUuid } from '@hub/platform';
import { hashPassword, type Role } from '@hub/tenancy';
import { createTestDatabase, readServices, type TestDatabase } from '@hub/testing';
import { startInProcessApi, type InProcessApi } from '../../apps/api/e2e/in-process-api';

export const PASSWORD = 'correct horse battery';
export const PUBLIC_URL = 'http://hub.test';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly location: string | null;
  /** Of the session, or of whatever else was set. */
  readonly cookie: string | null;
}

export interface PersonFields {
  readonly email?: string;
  readonly password?: string | null;
  readonly isOperator?: boolean;
}

/** The API with people in it, in the test's own process. */
export interface PeopleStage {
  readonly database: TestDatabase;
  readonly api: InProcessApi;
  browser(): StageBrowser;
  /** Of somebody who has come in by their password. */
  signedIn(email: string): Promise<StageBrowser>;
  /** @returns the e-mail of a new person with a place in each of these tenants */
  person(places: Readonly<Record<string, Role>>, fields?: PersonFields): Promise<string>;
  /** Actions in a tenant's audit log, oldest first. */
  actions(tenantId: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function stagePeople(settings: Readonly<Record<string, string>> = {}): Promise<PeopleStage> {
  const database = await createTestDatabase();
  const api = await startInProcessApi(database, {
    REDIS_URL: `${readServices().redisUrl.replace(/\/\d+$/, '')}/13`,
    HUB_PUBLIC_URL: PUBLIC_URL,
    ...settings,
  }).catch(async (error) => {
    await database.close();
    throw error;
  });
  const passwordHash = await hashPassword(PASSWORD);
  return {
    database,
    api,
    browser: () => new StageBrowser(api),
    async signedIn(email) {
      const browser = new StageBrowser(api);
      await browser.signIn(email);
      return browser;
    },
    async person(places, fields = {}) {
      const id = newUuid();
      const email = fields.email ?? `p-${randomBytes(5).toString('hex')}@example.com`;
      await database.asSuperuser(async (client) => {
        await client.query(
          `insert into users (id, email, name, password_hash, is_operator) values ($1, $2, 'P', $3, $4)`,
          [id, email, fields.password === null ? null : passwordHash, fields.isOperator ?? false],
        );
        for (const [tenant, role] of Object.entries(places))
          await client.query(`insert into memberships (tenant_id, id, user_id, role) values ($1, $2, $3, $4)`, [
            tenant,
            newUuid(),
            id,
            role,
          ]);
      });
      return email;
    },
    actions: (tenantId) =>
      database.asSuperuser(async (client) => {
        const { rows } = await client.query<{ action: string }>(
          `select action from audit_records where tenant_id = $1 order by seq`,
          [tenantId],
        );
        return rows.map(({ action }) => action);
      }),
    async close() {
      await api.close();
      await database.close();
    },
  };
}

/** A browser as far as the API sees one: its cookies, and the headers that say where a request came from. */
export class StageBrowser {
  private readonly cookies = new Map<string, string>();
  private csrf: string | null = null;
  private readonly address = `10.${randomBytes(1)[0]}.${randomBytes(1)[0]}.${randomBytes(1)[0]}`;

  constructor(private readonly api: InProcessApi) {}

  async send(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, body?: unknown): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.api.send(null, method, url, {
      remoteAddress: this.address,
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(cookie === '' ? {} : { cookie }),
        ...(this.csrf === null ? {} : { 'x-csrf-token': this.csrf }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    const set = [answer.headers['set-cookie'] ?? []].flat();
    for (const line of set) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = pair.split('=', 2);
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const isJson = answer.headers['content-type']?.toString().includes('json') === true;
    return {
      status: answer.statusCode,
      body: isJson ? (JSON.parse(answer.body) as Answer['body']) : {},
      location: answer.headers['location']?.toString() ?? null,
      cookie: set[0] ?? null,
    };
  }

  async signIn(email: string, password = PASSWORD): Promise<Answer> {
    const answer = await this.send('POST', '/auth/sign-in', { email, password });
    if (answer.body['status'] === 'signed_in') await this.enter();
    return answer;
  }

  /** A second factor that is yet to be confirmed with a code of it. */
  async beginTotp(password = PASSWORD): Promise<TOTP> {
    const { body } = await this.send('POST', '/auth/totp', { password });
    return new TOTP({ secret: Secret.fromBase32(String(body['secret'])) });
  }

  /** Who is signed in, and the token that changes need. */
  async enter(): Promise<Answer> {
    const session = await this.send('GET', '/auth/session');
    this.csrf = (session.body['csrf_token'] as string | undefined) ?? null;
    return session;
  }
}
