import { type Client } from 'pg';
import { FURTHER_POLICIES } from './exceptions';
import { LISTED_TENANTS, OWN_TENANT } from './policy-words';

export interface Wording {
  tenant(column: string): string;
  readonly listed: string;
  expression(using: string): string;
}

/** How this server writes down the expressions of `policy-words.ts` and of the exceptions: learned from it, so that no version's style is hard-coded. */
export async function wording(client: Client): Promise<Wording> {
  const argued = Object.values(FURTHER_POLICIES).flatMap(({ kind }) => (typeof kind === 'object' ? [kind.using] : []));
  const expressions = [`id = ${OWN_TENANT}`, `tenant_id = ${OWN_TENANT}`, `tenant_id = ${LISTED_TENANTS}`];
  const wanted = [...expressions, ...new Set(argued)];
  await client.query(`
    drop table if exists pg_temp.wording;
    create temp table wording (id uuid, tenant_id uuid, created_at timestamptz, ended_at timestamptz, replay_id uuid, internal boolean, operator_reason text, subject text);
    ${wanted.map((expression, index) => `create policy p${index} on pg_temp.wording using (${expression})`).join(';')}`);
  const { rows: learned } = await client.query<{ name: string; words: string }>(
    `select polname as name, pg_get_expr(polqual, polrelid) as words from pg_policy where polrelid = 'pg_temp.wording'::regclass`,
  );
  const words = Object.fromEntries(learned.map((row) => [row.name, row.words]));
  const [byId = '', byTenant = '', byList = ''] = wanted.map((_expression, index) => words[`p${index}`]);
  return {
    tenant: (column) => (column === 'id' ? byId : byTenant),
    listed: byList,
    expression: (using) => words[`p${wanted.indexOf(using)}`] ?? '',
  };
}
