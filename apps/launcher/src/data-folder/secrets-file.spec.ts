import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueKey, parseKey } from '@hub/tenancy';
import { LauncherError } from '../launcher-error';
import { Secrets } from './secrets-file';

describe('Secrets', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hub-secrets-'));
    file = join(folder, 'secrets.json');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('makes secrets once and finds the same ones again', async () => {
    const first = await Secrets.open(file, false);
    const second = await Secrets.open(file, true);
    expect(second.masterKeys).toBe(first.masterKeys);
    expect(second.operatorKey).toBe(first.operatorKey);
    expect(second.rolePasswords).toEqual(first.rolePasswords);
    expect(new Set(Object.values(first.rolePasswords)).size).toBe(6);
    expect(parseKey(first.operatorKey)?.environment).toBe('op');
    expect(Buffer.from(first.masterKeys.replace(/^k1:/, ''), 'base64')).toHaveLength(32);
  });

  it('keeps them from other accounts, also when somebody opened the file', async () => {
    await Secrets.open(file, false);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await chmod(file, 0o644);
    await Secrets.open(file, false);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('keeps what is learnt about tenants', async () => {
    const tenant = { id: 'ten_1', api_key: issueKey('test').key, seeded: true };
    const secrets = await Secrets.open(file, false);
    expect(secrets.tenant('acme')).toBeUndefined();
    expect(secrets.tenant('constructor')).toBeUndefined();
    await secrets.keepTenant('acme', tenant);
    expect((await Secrets.open(file, true)).tenant('acme')).toEqual(tenant);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('adds to a file of before there was an audit log the key that signs it, once', async () => {
    await Secrets.open(file, false);
    const { audit_signing_key: _key, ...older } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    await writeFile(file, JSON.stringify(older));
    const opened = await Secrets.open(file, true);
    expect(Buffer.from(opened.auditSigningKey, 'base64')).toHaveLength(32);
    expect((await Secrets.open(file, true)).auditSigningKey).toBe(opened.auditSigningKey);
  });

  it('does not make new secrets for data that the old ones sealed', async () => {
    await expect(Secrets.open(file, true)).rejects.toThrow('is missing');
  });

  it.each([
    ['no JSON', () => '{'],
    ['a missing member', (text: string) => JSON.stringify({ ...(JSON.parse(text) as object), master_keys: undefined })],
    ['a mistyped key', (text: string) => text.replace('hub_op_', 'hub_op_X')],
  ])('refuses a damaged file (%s) without printing what is in it', async (_name, damage) => {
    await Secrets.open(file, false);
    const text = await readFile(file, 'utf8');
    await writeFile(file, damage(text));
    const refusal = await Secrets.open(file, false).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(LauncherError);
    const { superuser_password: superuserPassword } = JSON.parse(text) as { superuser_password: string };
    expect(JSON.stringify(refusal) + (refusal as Error).message).not.toContain(superuserPassword);
    expect(await readFile(file, 'utf8')).not.toBe(text);
  });
});
