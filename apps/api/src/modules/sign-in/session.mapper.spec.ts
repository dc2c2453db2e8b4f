import { newUuid } from '@hub/platform';
import { identifySession, type SessionRow } from '@hub/tenancy';
import { sessionResponse } from './session.mapper';

const ROW: SessionRow = {
  id: newUuid(),
  user_id: newUuid(),
  email: 'somebody@example.com',
  name: 'Somebody',
  totp_enabled: false,
  is_operator: false,
  tenant_id: newUuid(),
  tenant_slug: 'acme',
  tenant_name: 'Acme',
  tenant_status: 'active',
  tier: 'free',
  rate_limit_per_minute: 100,
  role: 'viewer',
  can_read_payloads: false,
  acting_reason: null,
  acting_until: null,
  sso_tenant_id: null,
  created_at: new Date(),
  last_seen_at: new Date(),
  expires_at: new Date(),
};

const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);

describe('a session', () => {
  it.each([
    ['of a member', {}, 'acme', 'viewer'],
    ['in a suspended company', { tenant_status: 'suspended' }, undefined, null],
    ['of who was a member', { role: null }, undefined, null],
    ['of an operator on a visit', { role: null, is_operator: true, acting_until: inMinutes(1) }, 'acme', null],
    [
      'of an operator whose visit is over',
      { role: null, is_operator: true, acting_until: inMinutes(-1) },
      undefined,
      null,
    ],
    ['of an operator who never came', { role: null, is_operator: true }, undefined, null],
    ['of who was an operator on a visit', { role: null, acting_until: inMinutes(1) }, undefined, null],
  ])('%s says where he may work', (_who, change, slug, role) => {
    const answer = sessionResponse(identifySession({ ...ROW, ...change }), [], 'token');
    expect([answer.tenant?.slug, answer.role]).toEqual([slug, role]);
  });
});
