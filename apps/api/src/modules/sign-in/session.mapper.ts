import { toPublicId } from '@hub/platform';
import { type ListedSession, type MembershipRow, type SessionIdentity, type SessionRow } from '@hub/tenancy';

export interface SessionResponse {
  readonly user: { readonly id: string; readonly email: string; readonly name: string; readonly totp_enabled: boolean };
  readonly tenant: { readonly id: string; readonly slug: string; readonly name: string; readonly tier: string } | null;
  readonly role: string | null;
  readonly scopes: readonly string[];
  readonly is_operator: boolean;
  readonly acting_as_operator: { readonly reason: string; readonly until: string } | null;
  readonly csrf_token: string;
  readonly expires_at: string;
  readonly memberships: readonly {
    readonly tenant_id: string;
    readonly slug: string;
    readonly name: string;
    readonly role: string;
  }[];
}

export interface ListedSessionResponse {
  readonly id: string;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly current: boolean;
}

export function sessionResponse(
  { session, scopes, isActing, identity }: SessionIdentity,
  memberships: readonly MembershipRow[],
  csrfToken: string,
): SessionResponse {
  return {
    user: {
      id: toPublicId('user', session.user_id),
      email: session.email,
      name: session.name,
      totp_enabled: session.totp_enabled,
    },
    // Where they would be refused they are not: the tenant was suspended, or they are no longer a member.
    tenant: identity === null ? null : tenantOf(session),
    role: identity === null ? null : session.role,
    scopes: [...scopes],
    is_operator: session.is_operator,
    acting_as_operator: isActing
      ? { reason: session.acting_reason ?? '', until: session.acting_until?.toISOString() ?? '' }
      : null,
    csrf_token: csrfToken,
    expires_at: session.expires_at.toISOString(),
    memberships: memberships.map(({ tenant_id, slug, name, role }) => ({
      tenant_id: toPublicId('tenant', tenant_id),
      slug,
      name,
      role,
    })),
  };
}

function tenantOf({
  tenant_id: id,
  tenant_slug: slug,
  tenant_name: name,
  tier,
}: SessionRow): SessionResponse['tenant'] {
  if (id === null || slug === null || name === null || tier === null) return null;
  return { id: toPublicId('tenant', id), slug, name, tier };
}

export function toListedSession(row: ListedSession, currentId: string): ListedSessionResponse {
  return {
    id: toPublicId('session', row.id),
    created_at: row.created_at.toISOString(),
    last_seen_at: row.last_seen_at.toISOString(),
    ip: row.ip,
    user_agent: row.user_agent,
    current: row.id === currentId,
  };
}
