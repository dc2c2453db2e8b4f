import { type Tx } from '@hub/database';
import { newUuid, toPublicId } from '@hub/platform';
import { appendOperatorAudit } from '../append/append-audit';
import { systemActor, type SystemActor } from '../append/audit-entry';

/** A key for a platform operator, as it is stored. */
export interface NewOperatorKey {
  readonly prefix: string;
  readonly hash: Buffer;
  /** Of the person or program. */
  readonly name: string;
}

export interface OperatorKey {
  readonly prefix: string;
  readonly name: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

/**
 * As the owner of the database: no role of API or worker may make or end such a key. Who is at the keyboard is not known
 * here, so the record names the program.
 * @param by the program
 * @returns false when a key with this prefix is there already
 */
export async function addOperatorKey(
  tx: Tx,
  { prefix, hash, name }: NewOperatorKey,
  by: SystemActor,
): Promise<boolean> {
  const [row] = await tx.query<{ id: string }>(
    `insert into operator_keys (id, prefix, name, secret_hash) values ($1, $2, $3, $4) on conflict (prefix) do nothing returning id`,
    [newUuid(), prefix, name, hash],
  );
  if (row !== undefined) await record(tx, 'created', row.id, prefix, by);
  return row !== undefined;
}

/**
 * It ends at once: operators' keys are asked of the database each time.
 * @returns false when there is no such key, or it was revoked before
 */
export async function revokeOperatorKey(tx: Tx, prefix: string, by: SystemActor): Promise<boolean> {
  const [row] = await tx.query<{ id: string }>(
    `update operator_keys set revoked_at = now() where prefix = $1 and revoked_at is null returning id`,
    [prefix],
  );
  if (row !== undefined) await record(tx, 'revoked', row.id, prefix, by);
  return row !== undefined;
}

/** Oldest first. */
export async function listOperatorKeys(tx: Tx): Promise<OperatorKey[]> {
  return tx.query<OperatorKey & Record<string, unknown>>(
    `select prefix, name, created_at, expires_at, revoked_at from operator_keys order by created_at, id`,
  );
}

/** Without the key's name, which may be a person's: names of targets cannot be erased. */
async function record(tx: Tx, what: 'created' | 'revoked', id: string, prefix: string, by: SystemActor): Promise<void> {
  const target = { type: 'operator_key', id: toPublicId('operatorKey', id) };
  const entry = { action: `operator_key.${what}`, actor: systemActor(by), target, details: { prefix } };
  await appendOperatorAudit(tx, entry, null);
}
