import { toPublicId } from '@hub/platform';
import { type NewTenant, type TenantChange, type TenantRow } from '@hub/tenancy';
import { type CreateTenantRequest, type UpdateTenantRequest } from './dto/tenant.request';
import { type CreatedTenant } from './tenants-admin.service';
import { type CreatedTenantResponse, type TenantResponse } from './dto/tenant.response';

export function toTenantResponse(row: TenantRow): TenantResponse {
  return {
    id: toPublicId('tenant', row.id),
    slug: row.slug,
    name: row.name,
    tier: row.tier,
    rate_limit_per_minute: row.rate_limit_per_minute,
    status: row.status,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    erased_at: row.erased_at?.toISOString() ?? null,
  };
}

export function toCreatedTenantResponse({ row, apiKey }: CreatedTenant): CreatedTenantResponse {
  return { ...toTenantResponse(row), api_key: apiKey };
}

export function toNewTenant(request: CreateTenantRequest): NewTenant {
  const { slug, name, tier, rate_limit_per_minute: rateLimitPerMinute = null } = request;
  return { slug, name, tier, rateLimitPerMinute };
}

export function toTenantChange(request: UpdateTenantRequest): TenantChange {
  const { name, tier, status, rate_limit_per_minute: rateLimitPerMinute } = request;
  return { name, tier, status, rateLimitPerMinute };
}
