import { type Tx } from '@hub/database';
import { type MembershipRow, type UserRow } from './people.types';

/** Wrong passwords or codes after which an account waits, and how long: guessing becomes hopeless, mistyping does not. */
export const FREE_FAILURES = 5;
const LONGEST_LOCK_SECONDS = 900;

const COLUMNS = `id, email, name, password_hash, totp_secret, totp_confirmed_at, totp_last_step, is_operator, failures,
  locked_until, session_locked_until, disabled_at, vouched_tenant_id`;

/** All of this goes through the role that lets people in. */
export async function findUserByEmail(tx: Tx, email: string): Promise<UserRow | null> {
  const [row] = await tx.query<UserRow>(`select ${COLUMNS} from users where email = $1`, [email.toLowerCase()]);
  return row ?? null;
}

export async function findUser(tx: Tx, id: string): Promise<UserRow | null> {
  const [row] = await tx.query<UserRow>(`select ${COLUMNS} from users where id = $1`, [id]);
  return row ?? null;
}

/**
 * With its row locked: two sign-ins at once must not use one code twice, and none may let somebody in by what is just being
 * taken back. What only points at it (a session by single sign-on, a link) does not wait for the lock: whoever holds it may be
 * about to wait for that.
 */
export async function lockUser(tx: Tx, id: string): Promise<UserRow | null> {
  const [row] = await tx.query<UserRow>(`select ${COLUMNS} from users where id = $1 for no key update`, [id]);
  return row ?? null;
}

export async function lockUserByEmail(tx: Tx, email: string): Promise<UserRow | null> {
  const [row] = await tx.query<UserRow>(`select ${COLUMNS} from users where email = $1 for no key update`, [
    email.toLowerCase(),
  ]);
  return row ?? null;
}

export interface NewUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | null;
  readonly isOperator: boolean;
  /** Null for who has proved the e-mail, or is put there by an operator. */
  readonly vouchedTenantId: string | null;
}

/** @returns false when there is one with this e-mail already */
export async function insertUser(tx: Tx, user: NewUser): Promise<boolean> {
  const rows = await tx.query(
    `insert into users (id, email, name, password_hash, is_operator, vouched_tenant_id) values ($1, $2, $3, $4, $5, $6)
     on conflict (email) do nothing returning id`,
    [user.id, user.email.toLowerCase(), user.name, user.passwordHash, user.isOperator, user.vouchedTenantId],
  );
  return rows.length > 0;
}

/** What was guessed stays counted: codes of the second factor are guessed with the password known, which chooses another. */
export async function setPassword(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await tx.query(`update users set password_hash = $2 where id = $1`, [userId, passwordHash]);
}

/** Of who has a new password by a link: a stranger who failed with the old one does not keep them from coming in with it. */
export async function forgetFailuresAtTheDoor(tx: Tx, userId: string): Promise<void> {
  await tx.query(`update users set failures = 0, locked_until = null where id = $1`, [userId]);
}

/** @param tenantId by whose word alone the password is the owner's from now on; null when the e-mail is proved */
export async function setVouched(tx: Tx, userId: string, tenantId: string | null): Promise<void> {
  await tx.query(`update users set vouched_tenant_id = $2 where id = $1`, [userId, tenantId]);
}

/** The account is the e-mail's owner's, and nothing in it any more that somebody else may have put there. */
export async function takeOverUser(
  tx: Tx,
  userId: string,
  { name, passwordHash }: { readonly name: string | null; readonly passwordHash: string | null },
): Promise<void> {
  await removeTotp(tx, userId);
  await tx.query(
    `update users set name = coalesce($2, name), password_hash = $3, failures = 0, locked_until = null,
       session_failures = 0, session_locked_until = null, vouched_tenant_id = null where id = $1`,
    [userId, name, passwordHash],
  );
}

/** Each failure beyond the free ones doubles the wait. */
const countInto = (failures: string, lockedUntil: string): string =>
  `update users set ${failures} = ${failures} + 1,
     ${lockedUntil} = case when ${failures} + 1 >= $2
       then now() + least($3, 15 * power(2, least(${failures} + 1 - $2, 10))) * interval '1 second' end
   where id = $1`;

/** At the door, where anybody may fail. */
export async function countFailure(tx: Tx, userId: string): Promise<void> {
  await tx.query(countInto('failures', 'locked_until'), [userId, FREE_FAILURES, LONGEST_LOCK_SECONDS]);
}

/** In an open session, apart from the door: a stranger there must not keep the owner from changing the password. */
export async function countSessionFailure(tx: Tx, userId: string): Promise<void> {
  await tx.query(countInto('session_failures', 'session_locked_until'), [userId, FREE_FAILURES, LONGEST_LOCK_SECONDS]);
}

/** Of who has come in by everything that the account asks for. */
export async function forgetFailures(tx: Tx, userId: string): Promise<void> {
  await tx.query(
    `update users set failures = 0, locked_until = null, session_failures = 0, session_locked_until = null
     where id = $1 and (failures > 0 or session_failures > 0)`,
    [userId],
  );
}

export async function proposeTotp(tx: Tx, userId: string, sealed: string): Promise<void> {
  await tx.query(`update users set totp_secret = $2, totp_confirmed_at = null, totp_last_step = null where id = $1`, [
    userId,
    sealed,
  ]);
}

export async function confirmTotp(tx: Tx, userId: string, step: number, recovery: readonly Buffer[]): Promise<void> {
  await tx.query(
    `update users set totp_confirmed_at = now(), totp_last_step = $2, recovery_hashes = $3 where id = $1`,
    [userId, step, recovery],
  );
}

export async function removeTotp(tx: Tx, userId: string): Promise<void> {
  await tx.query(
    `update users set totp_secret = null, totp_confirmed_at = null, totp_last_step = null, recovery_hashes = '{}' where id = $1`,
    [userId],
  );
}

export async function useTotpStep(tx: Tx, userId: string, step: number): Promise<void> {
  await tx.query(`update users set totp_last_step = $2 where id = $1`, [userId, step]);
}

/** @returns whether it was one of theirs, and unused */
export async function useRecoveryCode(tx: Tx, userId: string, hash: Buffer): Promise<boolean> {
  const rows = await tx.query(
    `update users set recovery_hashes = array_remove(recovery_hashes, $2) where id = $1 and $2 = any (recovery_hashes) returning id`,
    [userId, hash],
  );
  return rows.length > 0;
}

/** Where a person may work. */
export function listMemberships(tx: Tx, userId: string): Promise<MembershipRow[]> {
  return tx.query<MembershipRow>(
    `select m.tenant_id, t.slug, t.name, t.tier, m.role, m.can_read_payloads
     from memberships m join tenants t on t.id = m.tenant_id
     where m.user_id = $1 and m.status = 'active' and t.status = 'active' order by t.name, t.id`,
    [userId],
  );
}

export async function insertMembership(
  tx: Tx,
  membership: {
    readonly tenantId: string;
    readonly id: string;
    readonly userId: string;
    readonly role: string;
    readonly canReadPayloads: boolean;
  },
): Promise<boolean> {
  const rows = await tx.query(
    `insert into memberships (tenant_id, id, user_id, role, can_read_payloads) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, user_id) do nothing returning id`,
    [membership.tenantId, membership.id, membership.userId, membership.role, membership.canReadPayloads],
  );
  return rows.length > 0;
}

/** Whether a person belongs to this tenant and to no other, disabled memberships and tenants counted. */
export async function isOnlyMemberOf(tx: Tx, userId: string, tenantId: string): Promise<boolean> {
  const rows = await tx.query<{ tenant_id: string }>(`select tenant_id from memberships where user_id = $1`, [userId]);
  return rows.length === 1 && rows[0]?.tenant_id === tenantId;
}
