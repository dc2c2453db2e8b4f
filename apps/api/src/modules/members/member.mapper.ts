import { toPublicId } from '@hub/platform';
import { type InvitationRow, type PersonRow } from '@hub/tenancy';
import { type MemberResponse } from './dto/member.response';

export function toMemberResponse(row: PersonRow): MemberResponse {
  return {
    id: toPublicId(row.status === 'invited' ? 'invitation' : 'member', row.id),
    user: { id: row.user_id === null ? null : toPublicId('user', row.user_id), email: row.email, name: row.name },
    role: row.role,
    can_read_payloads: row.can_read_payloads,
    status: row.status,
    last_seen_at: row.last_seen_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}

export function toInvitedResponse(row: InvitationRow): MemberResponse {
  return toMemberResponse({ ...row, user_id: null, name: null, status: 'invited', last_seen_at: null });
}
