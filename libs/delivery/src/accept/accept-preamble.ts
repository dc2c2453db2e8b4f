const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Row-level security stays in force on the hot path: the transaction sees and writes these tenants' rows and no others. */
export function acceptPreamble(tenantIds: Iterable<string>): string {
  const tenants = [...new Set(tenantIds)];
  if (!tenants.every((tenant) => UUID.test(tenant))) throw new Error('a tenant id must be a UUID');
  return `set local app.tenant_ids = '${tenants.join(',')}'`;
}
