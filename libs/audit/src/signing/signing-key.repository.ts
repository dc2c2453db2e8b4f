import { type Database, type Tx } from '@hub/database';
import { type SigningKey } from './signing-key';

/** Makes the public half known. Chains that begin from now on are bound to it; what older keys have signed stays checkable. */
export async function registerSigningKey(database: Database, key: SigningKey): Promise<void> {
  await database.query(`insert into audit_signing_keys (id, public_key) values ($1, $2) on conflict (id) do nothing`, [
    key.id,
    key.publicKey,
  ]);
}

/** Public keys, the newest first. */
export async function listSigningKeys(tx: Tx): Promise<Buffer[]> {
  const rows = await tx.query<{ public_key: Buffer }>(
    `select public_key from audit_signing_keys order by created_at desc, id`,
  );
  return rows.map((row) => row.public_key);
}
