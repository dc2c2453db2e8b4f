import { type Role } from './roles';

export interface UserRow {
  id: string;
  email: string;
  name: string;
  password_hash: string | null;
  totp_secret: string | null;
  totp_confirmed_at: Date | null;
  totp_last_step: number | null;
  is_operator: boolean;
  failures: number;
  locked_until: Date | null;
  /** Until when nothing that needs the password is done in an open session. */
  session_locked_until: Date | null;
  disabled_at: Date | null;
  /** Whose word alone it is that the password is the e-mail's owner's. Null once that is proved. */
  vouched_tenant_id: string | null;
}

export interface MembershipRow {
  tenant_id: string;
  slug: string;
  name: string;
  tier: string;
  role: Role;
  can_read_payloads: boolean;
}

export interface MemberRow {
  id: string;
  user_id: string;
  email: string;
  name: string;
  role: Role;
  can_read_payloads: boolean;
  status: 'active' | 'disabled';
  created_at: Date;
  last_seen_at: Date | null;
}

/** Who is a member, or is invited to be one: without a user then. */
export interface PersonRow extends Omit<MemberRow, 'user_id' | 'name' | 'status'> {
  user_id: string | null;
  name: string | null;
  status: MemberRow['status'] | 'invited';
}

export interface InvitationRow {
  id: string;
  tenant_id: string;
  email: string;
  role: Role;
  can_read_payloads: boolean;
  expires_at: Date;
  created_at: Date;
}

/** A session with whose it is and where they are, as it is looked up for each request. */
export interface SessionRow {
  id: string;
  user_id: string;
  email: string;
  name: string;
  totp_enabled: boolean;
  is_operator: boolean;
  tenant_id: string | null;
  tenant_slug: string | null;
  tenant_name: string | null;
  tenant_status: string | null;
  tier: string | null;
  rate_limit_per_minute: number | null;
  /** Null for an operator inside a tenant that is not theirs. */
  role: Role | null;
  can_read_payloads: boolean | null;
  acting_reason: string | null;
  acting_until: Date | null;
  /** The tenant whose provider vouched for the person: the session is good there alone. */
  sso_tenant_id: string | null;
  created_at: Date;
  last_seen_at: Date;
  expires_at: Date;
}

export interface SessionOrigin {
  readonly ip: string | null;
  readonly userAgent: string | null;
}
