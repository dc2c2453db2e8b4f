import { type Tx } from '@hub/database';
import { type TenantTx } from '../tenant-db';
import { type InvitationRow, type MemberRow, type PersonRow } from './people.types';
import { type Role } from './roles';

/** Members, and who is invited, newest first. */
export function listPeople(tx: TenantTx, page: { limit: number; before: string | null }): Promise<PersonRow[]> {
  return tx.query<PersonRow & Record<string, unknown>>(
    `select * from (
       select id, user_id, email, name, role, can_read_payloads, status, created_at, last_seen_at from list_members()
       union all
       select id, null, email, null, role, can_read_payloads, 'invited', created_at, null
       from invitations where tenant_id = $1 and accepted_at is null
     ) people where $2::uuid is null or id < $2 order by id desc limit $3`,
    [tx.tenantId, page.before, page.limit],
  );
}

export async function isMember(tx: TenantTx, email: string): Promise<boolean> {
  const rows = await tx.query('select from list_members() where email = $1', [email]);
  return rows.length > 0;
}

export async function findMember(tx: TenantTx, id: string): Promise<MemberRow | null> {
  const [row] = await tx.query<MemberRow>('select * from list_members() where id = $1', [id]);
  return row ?? null;
}

/** Held to the end of the transaction, so that the last two owners cannot both stop being one at once. */
export async function lockMemberships(tx: TenantTx): Promise<void> {
  await tx.query(`select id from memberships where tenant_id = $1 and role = 'owner' order by id for update`, [
    tx.tenantId,
  ]);
}

export async function countOtherOwners(tx: TenantTx, memberId: string): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::int as n from memberships where tenant_id = $1 and role = 'owner' and status = 'active' and id <> $2`,
    [tx.tenantId, memberId],
  );
  return row?.n ?? 0;
}

export async function updateMember(
  tx: TenantTx,
  id: string,
  change: { readonly role?: Role; readonly canReadPayloads?: boolean; readonly status?: 'active' | 'disabled' },
): Promise<void> {
  await tx.query(
    `update memberships set role = coalesce($3, role), can_read_payloads = coalesce($4, can_read_payloads),
       status = coalesce($5, status) where tenant_id = $1 and id = $2`,
    [tx.tenantId, id, change.role ?? null, change.canReadPayloads ?? null, change.status ?? null],
  );
}

export async function deleteMember(tx: TenantTx, id: string): Promise<void> {
  await tx.query('delete from memberships where tenant_id = $1 and id = $2', [tx.tenantId, id]);
}

const INVITATION = 'id, tenant_id, email, role, can_read_payloads, expires_at, created_at';

export interface NewInvitation {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly canReadPayloads: boolean;
  readonly tokenHash: Buffer;
  /** Of the link in the mail, which whoever invites does not see. Null where none is sent. */
  readonly mailedTokenHash: Buffer | null;
}

const INVITATION_DAYS = 7;

/** Asked a second time, the first links stop working. */
export async function upsertInvitation(tx: TenantTx, invitation: NewInvitation): Promise<InvitationRow> {
  const [row] = await tx.query<InvitationRow>(
    `insert into invitations (tenant_id, id, email, role, can_read_payloads, token_hash, mailed_token_hash, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, now() + interval '${INVITATION_DAYS} days')
     on conflict (tenant_id, email) where accepted_at is null do update
       set role = excluded.role, can_read_payloads = excluded.can_read_payloads, token_hash = excluded.token_hash,
           mailed_token_hash = excluded.mailed_token_hash, expires_at = excluded.expires_at
     returning ${INVITATION}`,
    [
      tx.tenantId,
      invitation.id,
      invitation.email.toLowerCase(),
      invitation.role,
      invitation.canReadPayloads,
      invitation.tokenHash,
      invitation.mailedTokenHash,
    ],
  );
  return row as InvitationRow;
}

export async function deleteInvitation(tx: TenantTx, id: string): Promise<InvitationRow | null> {
  const [row] = await tx.query<InvitationRow>(
    `delete from invitations where tenant_id = $1 and id = $2 and accepted_at is null returning ${INVITATION}`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

export interface FollowedInvitation extends InvitationRow {
  tenant_name: string;
  /** Followed from the mail, and hence by who reads the mail of this e-mail. */
  is_mailed: boolean;
}

/** Through the identity role: who follows the link is not in the tenant yet. Locked, so that it is accepted once. */
export async function lockInvitation(tx: Tx, tokenHash: Buffer): Promise<FollowedInvitation | null> {
  const [row] = await tx.query<FollowedInvitation>(
    `select ${INVITATION.split(', ')
      .map((column) => `i.${column}`)
      .join(', ')}, t.name as tenant_name, i.token_hash <> $1 as is_mailed
     from invitations i join tenants t on t.id = i.tenant_id
     where (i.token_hash = $1 or i.mailed_token_hash = $1) and i.accepted_at is null and i.expires_at > now() for update of i`,
    [tokenHash],
  );
  return row ?? null;
}

/** What a person was invited as who comes by way of the tenant's provider instead of by the link. */
export async function lockInvitationOf(tx: Tx, tenantId: string, email: string): Promise<InvitationRow | null> {
  const [row] = await tx.query<InvitationRow>(
    `select ${INVITATION} from invitations
     where tenant_id = $1 and email = $2 and accepted_at is null and expires_at > now() for update`,
    [tenantId, email],
  );
  return row ?? null;
}

export async function acceptInvitation(tx: Tx, id: string): Promise<void> {
  await tx.query('update invitations set accepted_at = now() where id = $1', [id]);
}
