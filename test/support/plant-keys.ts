import { newUuid, toPublicId } from '@hub/platform';
import { issueKey, SCOPES, type Scope } from '@hub/tenancy';
import { type TestDatabase } from '@hub/testing';

type Storage = Pick<TestDatabase, 'asSuperuser'>;

/** A tenant's key that nobody had to be asked for. @returns it, with its public id */
export async function plantKey(
  storage: Storage,
  tenantId: string,
  scopes: readonly Scope[] = SCOPES,
): Promise<{ readonly id: string; readonly key: string }> {
  const id = newUuid();
  const { key, prefix, hash } = issueKey('test');
  await storage.asSuperuser((client) =>
    client.query(
      `insert into api_keys (tenant_id, id, prefix, name, environment, secret_hash, scopes) values ($1, $2, $3, 'test', 'test', $4, $5)`,
      [tenantId, id, prefix, hash, scopes],
    ),
  );
  return { id: toPublicId('apiKey', id), key };
}

export async function plantOperatorKey(storage: Storage): Promise<string> {
  const { key, prefix, hash } = issueKey('op');
  await storage.asSuperuser((client) =>
    client.query(`insert into operator_keys (id, prefix, name, secret_hash) values ($1, $2, 'test', $3)`, [
      newUuid(),
      prefix,
      hash,
    ]),
  );
  return key;
}
