/** `published_version` is null only inside the transaction that creates the mapping. The table is `m`. */
export const COLUMNS = `m.id, m.name, m.description, m.published_version, m.template_id, m.template_version, m.created_at, m.updated_at,
  (select max(v.version) from mapping_versions v where v.tenant_id = m.tenant_id and v.mapping_id = m.id) as latest_version`;
