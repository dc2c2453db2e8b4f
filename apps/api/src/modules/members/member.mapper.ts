import { toPublicId } from '@hub/platform';
import { type InvitationRow, type MemberRow } from '@hub/tenancy';
import { type MemberResponse } from './dto/member.response';

export function toMemberResponse(row: MemberRow): MemberResponse {
  return {
    id: toPublicId('member', row.id),
    user: { id: toPublicId('user', row.user_id), email: row.email, name: row.name },
    role: row.role,
    can_read_payloads: row.can_read_payloads,
    status: row.status,
    last_seen_at: row.last_seen_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}

export function toInvitedResponse(row: InvitationRow): MemberResponse {
  return {
    id: toPublicId('invitation', row.id),
    user: { id: null, email: row.email, name: null },
    role: row.role,
    can_read_payloads: row.can_read_payloads,
    status: 'invited',
    last_seen_at: null,
    created_at: row.created_at.toISOString(),
  };
}
