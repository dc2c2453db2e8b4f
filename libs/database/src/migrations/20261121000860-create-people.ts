import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { CURRENT_TENANT, isolateByTenant } from '../rls';
import { runAll } from './run-all';

/** Closed to everybody but the role that lets people in: a person may belong to several tenants. */
const identityOnly = (table: string): string[] => [
  `alter table ${table} enable row level security`,
  `alter table ${table} force row level security`,
  `create policy identity on ${table} for all to hub_operator using (true) with check (true)`,
];
const ownerLooksUp = (table: string): string =>
  `create policy owner_looks_up on ${table} for select to hub_owner using (true)`;

/** People: who they are, where they belong, and that they are signed in. */
export class CreatePeople20261121000860 implements MigrationInterface {
  readonly name = 'CreatePeople20261121000860';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create table users (
         id uuid primary key,
         email text not null unique check (email = lower(email)),
         name text not null,
         password_hash text,
         -- Sealed under a master key.
         totp_secret text,
         totp_confirmed_at timestamptz,
         -- A code is good once: the last time step that one was taken from.
         totp_last_step bigint,
         recovery_hashes bytea[] not null default '{}',
         is_operator boolean not null default false,
         failures integer not null default 0,
         locked_until timestamptz,
         disabled_at timestamptz,
         created_at timestamptz not null default now()
       )`,
      ...identityOnly('users'),
      ownerLooksUp('users'),
      `grant select, insert, update on users to hub_operator`,

      `create table memberships (
         tenant_id uuid not null references tenants (id),
         id uuid not null,
         user_id uuid not null references users (id),
         role text not null check (role in ('owner', 'admin', 'developer', 'support', 'compliance', 'viewer')),
         can_read_payloads boolean not null default false,
         status text not null default 'active' check (status in ('active', 'disabled')),
         created_at timestamptz not null default now(),
         primary key (tenant_id, id)
       )`,
      `create unique index memberships_user on memberships (tenant_id, user_id)`,
      `create index memberships_of_user on memberships (user_id)`,
      ...isolateByTenant('memberships'),
      `create policy identity on memberships for all to hub_operator using (true) with check (true)`,
      `create policy owner_looks_up on memberships for select to hub_owner using (true)`,
      `grant select, insert, update, delete on memberships to hub_app, hub_operator`,

      `create table invitations (
         tenant_id uuid not null references tenants (id),
         id uuid not null,
         email text not null check (email = lower(email)),
         role text not null check (role in ('owner', 'admin', 'developer', 'support', 'compliance', 'viewer')),
         can_read_payloads boolean not null default false,
         token_hash bytea not null unique,
         expires_at timestamptz not null,
         accepted_at timestamptz,
         created_at timestamptz not null default now(),
         primary key (tenant_id, id)
       )`,
      `create unique index invitations_email on invitations (tenant_id, email) where accepted_at is null`,
      ...isolateByTenant('invitations'),
      `create policy identity on invitations for all to hub_operator using (true) with check (true)`,
      `grant select, insert, update, delete on invitations to hub_app`,
      `grant select, update on invitations to hub_operator`,

      `create table user_sessions (
         id uuid primary key,
         user_id uuid not null references users (id),
         -- Where he is at work; nowhere for an operator who has entered no tenant.
         inside_tenant_id uuid references tenants (id),
         token_hash bytea not null unique,
         ip text,
         user_agent text,
         -- An operator inside a tenant: why, and how long.
         acting_reason text,
         acting_until timestamptz,
         created_at timestamptz not null default now(),
         last_seen_at timestamptz not null default now(),
         expires_at timestamptz not null,
         ended_at timestamptz
       )`,
      `create index user_sessions_user on user_sessions (user_id, created_at)`,
      ...identityOnly('user_sessions'),
      ownerLooksUp('user_sessions'),
      `grant select, insert, update, delete on user_sessions to hub_operator`,
      // So that a sign-in and its audit record are one transaction of the tenant's.
      `create policy begins_here on user_sessions for insert to hub_app with check (inside_tenant_id = ${CURRENT_TENANT})`,
      `grant insert on user_sessions to hub_app`,

      `create table sign_in_challenges (
         token_hash bytea primary key,
         user_id uuid not null references users (id),
         kind text not null check (kind in ('totp', 'password_reset')),
         failures integer not null default 0,
         expires_at timestamptz not null,
         created_at timestamptz not null default now()
       )`,
      ...identityOnly('sign_in_challenges'),
      `grant select, insert, update, delete on sign_in_challenges to hub_operator`,

      // Who the members of the one tenant are that the transaction is in; nothing about anybody else.
      `create function list_members()
         returns table (id uuid, user_id uuid, email text, name text, role text, can_read_payloads boolean, status text,
                        created_at timestamptz, last_seen_at timestamptz)
         language sql stable security definer set search_path = pg_catalog, public
         as $$
           select m.id, m.user_id, u.email, u.name, m.role, m.can_read_payloads, m.status, m.created_at,
                  (select max(s.last_seen_at) from public.user_sessions s where s.user_id = m.user_id and s.inside_tenant_id = m.tenant_id)
           from public.memberships m
           join public.users u on u.id = m.user_id
           where m.tenant_id = ${CURRENT_TENANT}
         $$`,
      `revoke all on function list_members() from public`,
      `grant execute on function list_members() to hub_app`,

      // Payloads are a right of their own from now on; whoever could read events could read them so far.
      `alter table api_keys no force row level security`,
      `update api_keys set scopes = scopes || '{payloads:read}'::text[]
         where 'events:read' = any (scopes) and not 'payloads:read' = any (scopes)`,
      `alter table api_keys force row level security`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop function list_members()`,
      `drop table sign_in_challenges`,
      `drop table user_sessions`,
      `drop table invitations`,
      `drop table memberships`,
      `drop table users`,
      `alter table api_keys no force row level security`,
      `update api_keys set scopes = array_remove(scopes, 'payloads:read')`,
      `alter table api_keys force row level security`,
    ]);
  }
}
