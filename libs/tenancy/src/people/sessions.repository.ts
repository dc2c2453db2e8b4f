import { type Tx } from '@hub/database';
import { type SessionOrigin, type SessionRow, type UserRow } from './people.types';
import { lockUser } from './users.repository';

/** OWASP ASVS 7.3: a session that nobody uses ends, and any session ends some day. */
const IDLE_MINUTES = 30;
const LONGEST_HOURS = 12;
/** How long a link to choose a new password is good. */
export const RESET_MINUTES = 60;
const CHALLENGE_MINUTES = { totp: 10, password_reset: RESET_MINUTES } as const;
const CHALLENGE_TRIES = 5;

const FIND = `
select s.id, s.user_id, u.email, u.name, u.totp_confirmed_at is not null as totp_enabled, u.is_operator,
       s.inside_tenant_id as tenant_id, t.slug as tenant_slug, t.name as tenant_name, t.status as tenant_status, t.tier,
       coalesce(t.rate_limit_per_minute, r.rate_limit_per_minute) as rate_limit_per_minute,
       m.role, m.can_read_payloads, s.acting_reason, s.acting_until, s.sso_tenant_id, s.created_at, s.last_seen_at, s.expires_at
from user_sessions s
join users u on u.id = s.user_id and u.disabled_at is null
left join tenants t on t.id = s.inside_tenant_id
left join tiers r on r.name = t.tier
left join memberships m on m.tenant_id = s.inside_tenant_id and m.user_id = s.user_id and m.status = 'active'
where s.token_hash = $1 and s.ended_at is null and s.expires_at > now()
  and s.last_seen_at > now() - interval '${IDLE_MINUTES} minutes'`;

/** A session that is good now; whether it may be where it is, its role tells. */
export async function findSession(tx: Pick<Tx, 'query'>, tokenHash: Buffer): Promise<SessionRow | null> {
  const [row] = await tx.query<SessionRow>(FIND, [tokenHash], 'find_session');
  return row ?? null;
}

export interface NewSession {
  readonly id: string;
  readonly userId: string;
  readonly tenantId: string | null;
  readonly tokenHash: Buffer;
  readonly origin: SessionOrigin;
  /** Of who was let in by a tenant's own provider. */
  readonly ssoTenantId: string | null;
}

/** Through the identity role, beside the audit record. */
export async function insertSession(tx: Tx, session: NewSession): Promise<void> {
  await tx.query(
    `insert into user_sessions (id, user_id, inside_tenant_id, token_hash, ip, user_agent, sso_tenant_id, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, now() + interval '${LONGEST_HOURS} hours')`,
    [
      session.id,
      session.userId,
      session.tenantId,
      session.tokenHash,
      session.origin.ip,
      session.origin.userAgent?.slice(0, 300) ?? null,
      session.ssoTenantId,
    ],
  );
}

export async function touchSession(tx: Pick<Tx, 'query'>, id: string): Promise<void> {
  await tx.query(`update user_sessions set last_seen_at = now() where id = $1`, [id]);
}

export async function endSession(tx: Pick<Tx, 'query'>, id: string, userId: string): Promise<boolean> {
  const rows = await tx.query(
    `update user_sessions set ended_at = now() where id = $1 and user_id = $2 and ended_at is null returning id`,
    [id, userId],
  );
  return rows.length > 0;
}

/** All of a person's but the one that stays, if one does. */
export async function endSessions(tx: Pick<Tx, 'query'>, userId: string, exceptId: string | null): Promise<number> {
  const rows = await tx.query(
    `update user_sessions set ended_at = now()
     where user_id = $1 and ended_at is null and ($2::uuid is null or id <> $2) returning id`,
    [userId, exceptId],
  );
  return rows.length;
}

export interface ListedSession {
  id: string;
  ip: string | null;
  user_agent: string | null;
  created_at: Date;
  last_seen_at: Date;
}

export function listSessions(tx: Pick<Tx, 'query'>, userId: string): Promise<ListedSession[]> {
  return tx.query<ListedSession>(
    `select id, ip, user_agent, created_at, last_seen_at from user_sessions
     where user_id = $1 and ended_at is null and expires_at > now() and last_seen_at > now() - interval '${IDLE_MINUTES} minutes'
     order by last_seen_at desc limit 100`,
    [userId],
  );
}

/** An operator enters a tenant, for a stated reason and not for long; with null they leave. */
export async function setActing(
  tx: Tx,
  sessionId: string,
  acting: { readonly tenantId: string; readonly reason: string; readonly minutes: number } | null,
  tokenHash: Buffer,
): Promise<boolean> {
  const rows = await tx.query(
    `update user_sessions set inside_tenant_id = $2, acting_reason = $3,
       acting_until = case when $2::uuid is null then null else now() + $4 * interval '1 minute' end,
       token_hash = $5
     where id = $1 and ended_at is null returning 1`,
    [sessionId, acting?.tenantId ?? null, acting?.reason ?? null, acting?.minutes ?? 0, tokenHash],
  );
  return rows.length === 1;
}

export type ChallengeKind = 'totp' | 'password_reset';

/** @param vouchedTenantId whose people were given the link, if it was not mailed */
export async function insertChallenge(
  tx: Tx,
  kind: ChallengeKind,
  userId: string,
  tokenHash: Buffer,
  vouchedTenantId: string | null = null,
): Promise<void> {
  await tx.query(
    `insert into sign_in_challenges (token_hash, user_id, kind, expires_at, vouched_tenant_id)
     values ($1, $2, $3, now() + interval '${CHALLENGE_MINUTES[kind]} minutes', $4)`,
    [tokenHash, userId, kind, vouchedTenantId],
  );
}

export interface ChallengeRow {
  user_id: string;
  vouched_tenant_id: string | null;
}

const FIND_CHALLENGE = `select user_id, vouched_tenant_id from sign_in_challenges
  where token_hash = $1 and kind = $2 and expires_at > now() and failures < ${CHALLENGE_TRIES}`;

/** @returns whose it is, and by whose word, while it is good */
export async function findChallenge(tx: Tx, kind: ChallengeKind, tokenHash: Buffer): Promise<ChallengeRow | null> {
  const [row] = await tx.query<ChallengeRow>(FIND_CHALLENGE, [tokenHash, kind]);
  return row ?? null;
}

/**
 * Locked, so that it can be used once only, and with whose it is. The rule, wherever a transaction locks both: the user's row
 * first, then challenges. Who chooses a password or takes an account over holds the user and ends all challenges; taken the
 * other way round, the two would wait for each other.
 */
export async function lockChallenge(
  tx: Tx,
  kind: ChallengeKind,
  tokenHash: Buffer,
): Promise<{ readonly challenge: ChallengeRow; readonly user: UserRow } | null> {
  const found = await findChallenge(tx, kind, tokenHash);
  const user = found === null ? null : await lockUser(tx, found.user_id);
  if (user === null) return null;
  // Once more: it may have been used up, or ended, while somebody else held the user.
  const [challenge] = await tx.query<ChallengeRow>(`${FIND_CHALLENGE} for update`, [tokenHash, kind]);
  return challenge === undefined ? null : { challenge, user };
}

export async function failChallenge(tx: Tx, tokenHash: Buffer): Promise<void> {
  await tx.query(`update sign_in_challenges set failures = failures + 1 where token_hash = $1`, [tokenHash]);
}

export async function endChallenge(tx: Tx, tokenHash: Buffer): Promise<void> {
  await tx.query(`delete from sign_in_challenges where token_hash = $1`, [tokenHash]);
  // Old ones of anybody: none is waited for, since their users are not locked here.
  await tx.query(
    `delete from sign_in_challenges where token_hash in (
       select token_hash from sign_in_challenges where expires_at < now() - interval '1 day' for update skip locked)`,
  );
}

/** Of one person that are still good. */
export async function countChallenges(tx: Tx, kind: ChallengeKind, userId: string): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::int as n from sign_in_challenges where user_id = $1 and kind = $2 and expires_at > now()`,
    [userId, kind],
  );
  return row?.n ?? 0;
}

/** All of one person: links, and sign-ins under way with a password that is no longer theirs. */
export async function endChallengesOf(tx: Tx, userId: string): Promise<void> {
  await tx.query(`delete from sign_in_challenges where user_id = $1`, [userId]);
}
