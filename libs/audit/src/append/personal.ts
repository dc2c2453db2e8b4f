import { createHash, randomBytes } from 'node:crypto';
import { type Tx } from '@hub/database';
import { canonicalJson, decryptGcm, encryptGcm } from '@hub/platform';
import { type AuditActor } from './audit-entry';
import { cleanText } from './redact';

const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** What a record says of a person, in the clear. */
export interface PersonalFields {
  readonly label: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/**
 * As it stands in a record. The chain is over the sealed text. The digest is over the opened fields and a random salt that
 * is sealed with them: an export that shows the fields can be held against it, and once the key is gone the digest tells
 * nothing about them.
 */
export interface SealedFields {
  readonly digest: string;
  readonly sealed: string;
}

export interface RecordPlace {
  readonly tenantId: string;
  /** Public id of the actor: each has a key of their own. */
  readonly subject: string;
  readonly recordId: string;
}

export function sealPersonal(actor: AuditActor, key: Buffer, place: RecordPlace): SealedFields {
  const text = canonicalJson({
    ip: actor.ip,
    label: textOrNull(actor.label),
    salt: randomBytes(SALT_BYTES).toString('base64url'),
    user_agent: textOrNull(actor.userAgent),
  });
  const sealed = encryptGcm(key, Buffer.from(text), additionalData(place)).toString('base64url');
  return { digest: createHash('sha256').update(text).digest('hex'), sealed };
}

export function isPersonal(actor: AuditActor): boolean {
  return actor.label !== null || actor.ip !== null || actor.userAgent !== null;
}

/** @returns the canonical JSON that the digest is over, salt included; `null` when it was erased: its key is gone. */
export function openPersonal(sealed: string, key: Buffer | undefined, place: RecordPlace): string | null {
  if (key === undefined) return null;
  // A subject that was erased and acts again has another key, which does not open what was before.
  return decryptGcm(key, Buffer.from(sealed, 'base64url'), additionalData(place))?.toString('utf8') ?? null;
}

export function readPersonal(text: string): PersonalFields {
  const { ip, label, user_agent: userAgent } = JSON.parse(text) as Record<string, string | null>;
  return { ip: ip ?? null, label: label ?? null, userAgent: userAgent ?? null };
}

/**
 * The key that an actor's personal fields are sealed under, made when there is none. It lies beside the records: it
 * protects nothing from who can read both, it makes erasing possible (ADR 0013).
 */
export async function subjectKey(tx: Tx, tenantId: string, subject: string): Promise<Buffer> {
  const find = `select key from audit_subject_keys where tenant_id = $1 and subject = $2`;
  const [found] = await tx.query<{ key: Buffer }>(find, [tenantId, subject]);
  if (found !== undefined) return found.key;
  const [made] = await tx.query<{ key: Buffer }>(
    `insert into audit_subject_keys (tenant_id, subject, key) values ($1, $2, $3) on conflict do nothing returning key`,
    [tenantId, subject, randomBytes(KEY_BYTES)],
  );
  // Another transaction has just made it, and has committed: the next statement sees it.
  const key = made?.key ?? (await tx.query<{ key: Buffer }>(find, [tenantId, subject]))[0]?.key;
  if (key === undefined) throw new Error('the key of an audit subject was erased while it was made');
  return key;
}

function additionalData({ tenantId, subject, recordId }: RecordPlace): string {
  return ['audit-v1', tenantId, subject, recordId].join('|');
}

function textOrNull(text: string | null): string | null {
  return text === null ? null : cleanText(text).slice(0, 500);
}
