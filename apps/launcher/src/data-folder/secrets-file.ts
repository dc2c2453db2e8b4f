import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { DATABASE_ROLES, type DatabaseRole, type RolePasswords } from '@hub/database';
import { issueKey, parseKey } from '@hub/tenancy';
import { LauncherError } from '../launcher-error';
import { makePrivate, writePrivateFile } from './private-file';

const ROLES = Object.keys(DATABASE_ROLES) as [DatabaseRole, ...DatabaseRole[]];
const password = z.string().regex(/^[\x21-\x7e]{16,200}$/);
const keyOf = (environment: 'op' | 'tenant') =>
  z.string().refine((text) => {
    const parsed = parseKey(text);
    return parsed !== null && (parsed.environment === 'op') === (environment === 'op');
  });

const SCHEMA = z.strictObject({
  version: z.literal(1),
  superuser_password: password,
  role_passwords: z.record(z.enum(ROLES), password),
  redis_password: password,
  /** Text of a keyring: `k1:<base64>`. What it sealed is lost with it. */
  master_keys: z.string().regex(/^[A-Za-z0-9_-]{1,64}:[A-Za-z0-9+/]{43}=(,[A-Za-z0-9_-]{1,64}:[A-Za-z0-9+/]{43}=)*$/),
  /** Base64 of 32 bytes. Absent from files of before there was an audit log: made at the next start. */
  audit_signing_key: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/)
    .optional(),
  /** Of the example people. Absent from files of before they existed: made at the next start. */
  people_password: password.optional(),
  /** Set once they were made, so that a later start does not bring back whom somebody removed. */
  people_seeded: z.boolean().optional(),
  sandbox_control_token: password,
  operator_key: keyOf('op'),
  tenants: z.record(
    z.string(),
    z.strictObject({
      id: z.string(),
      api_key: keyOf('tenant'),
      /** Set once everything was seeded, so that a later start does not bring back what a person deleted. */
      seeded: z.boolean(),
    }),
  ),
});

type SecretsRecord = z.infer<typeof SCHEMA>;
export type TenantSecret = SecretsRecord['tenants'][string];

/** The generated secrets of one data folder. */
export class Secrets {
  private constructor(
    private readonly file: string,
    private record: SecretsRecord,
  ) {}

  /**
   * Reads the secrets, or makes new ones when there is no file yet.
   * @param dataExist whether the folder already holds data that only the old secrets open
   * @throws LauncherError rather than replacing secrets that cannot be read: sealed credentials would be lost for good
   */
  static async open(file: string, dataExist: boolean): Promise<Secrets> {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw new LauncherError(
        `the secrets in ${file} cannot be read (${error.code ?? 'unknown reason'})`,
        'Start as the user who created the data folder, or choose another one with HUB_DATA_DIR.',
        { cause: error },
      );
    });
    if (text === null) {
      if (dataExist) {
        throw new LauncherError(
          `${file} is missing, but the data folder holds a database that only those secrets open`,
          'Put the file back from a backup, or delete the whole data folder to begin anew.',
        );
      }
      const secrets = new Secrets(file, generate());
      await secrets.save();
      return secrets;
    }
    if (((await stat(file)).mode & 0o077) !== 0) await makePrivate(file);
    const secrets = new Secrets(file, parse(file, text));
    const { audit_signing_key: signingKey = newKey(), people_password: ofPeople = newPassword() } = secrets.record;
    if (signingKey !== secrets.record.audit_signing_key || ofPeople !== secrets.record.people_password) {
      secrets.record = { ...secrets.record, audit_signing_key: signingKey, people_password: ofPeople };
      await secrets.save();
    }
    return secrets;
  }

  get superuserPassword(): string {
    return this.record.superuser_password;
  }
  get rolePasswords(): RolePasswords {
    return this.record.role_passwords;
  }
  get redisPassword(): string {
    return this.record.redis_password;
  }
  get masterKeys(): string {
    return this.record.master_keys;
  }
  get auditSigningKey(): string {
    if (this.record.audit_signing_key === undefined) throw new Error('the secrets were not opened');
    return this.record.audit_signing_key;
  }
  get peoplePassword(): string {
    if (this.record.people_password === undefined) throw new Error('the secrets were not opened');
    return this.record.people_password;
  }
  get arePeopleSeeded(): boolean {
    return this.record.people_seeded === true;
  }
  get sandboxControlToken(): string {
    return this.record.sandbox_control_token;
  }
  get operatorKey(): string {
    return this.record.operator_key;
  }

  tenant(slug: string): TenantSecret | undefined {
    return Object.hasOwn(this.record.tenants, slug) ? this.record.tenants[slug] : undefined;
  }

  /** On disk when it resolves: the API shows a key once. */
  async keepTenant(slug: string, tenant: TenantSecret): Promise<void> {
    this.record = { ...this.record, tenants: { ...this.record.tenants, [slug]: tenant } };
    await this.save();
  }

  async keepPeopleSeeded(): Promise<void> {
    this.record = { ...this.record, people_seeded: true };
    await this.save();
  }

  private save(): Promise<void> {
    return writePrivateFile(this.file, `${JSON.stringify(this.record, null, 2)}\n`);
  }
}

function parse(file: string, text: string): SecretsRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = SCHEMA.safeParse(value);
  if (parsed.success) return parsed.data;
  // Names of members only: the values are what must not be printed.
  const members = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole file'))];
  throw new LauncherError(
    `the secrets in ${file} are damaged: ${members.join(', ')}`,
    'Put the file back from a backup, or delete the whole data folder to begin anew.',
  );
}

const newPassword = (): string => randomBytes(12).toString('base64url');
const newKey = (): string => randomBytes(32).toString('base64');

function generate(): SecretsRecord {
  const secret = (): string => randomBytes(24).toString('base64url');
  return {
    version: 1,
    superuser_password: secret(),
    role_passwords: Object.fromEntries(ROLES.map((role) => [role, secret()])) as Record<DatabaseRole, string>,
    redis_password: secret(),
    master_keys: `k1:${newKey()}`,
    audit_signing_key: newKey(),
    people_password: newPassword(),
    sandbox_control_token: secret(),
    operator_key: issueKey('op').key,
    tenants: {},
  };
}
