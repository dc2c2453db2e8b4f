import { toPublicId } from '@hub/platform';
import { type ApiKeyRow, type KeyIdentity } from '@hub/tenancy';
import { type MeResponse } from './dto/me.response';
import { type WhoAmI } from './me.service';

export function toMeResponse({ key, tenant }: WhoAmI, identity: KeyIdentity): MeResponse {
  return {
    ...(key === null ? {} : { key: shownKey(key) }),
    ...(identity.person === undefined ? {} : { user: shownPerson(identity.person) }),
    scopes: [...identity.scopes],
    tenant: { id: toPublicId('tenant', tenant.id), slug: tenant.slug, name: tenant.name, tier: tenant.tier },
    limits: {
      events_per_minute: identity.rateLimitPerMinute,
      burst: identity.rateLimitPerMinute * 2,
    },
  };
}

function shownKey(key: ApiKeyRow): NonNullable<MeResponse['key']> {
  return {
    id: toPublicId('apiKey', key.id),
    prefix: `hub_${key.environment}_${key.prefix}`,
    name: key.name,
    environment: key.environment,
    scopes: [...key.scopes],
    expires_at: key.expires_at?.toISOString() ?? null,
    revoked_at: key.revoked_at?.toISOString() ?? null,
  };
}

function shownPerson({ id, email }: NonNullable<KeyIdentity['person']>): NonNullable<MeResponse['user']> {
  return { id: toPublicId('user', id), email };
}
