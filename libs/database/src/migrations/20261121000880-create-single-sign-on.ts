import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { isolateByTenant } from '../rls';
import { runAll } from './run-all';

/** A tenant's own identity provider, the domains that it speaks for, and people on their way there and back. */
export class CreateSingleSignOn20261121000880 implements MigrationInterface {
  readonly name = 'CreateSingleSignOn20261121000880';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create table sso_settings (
         tenant_id uuid primary key references tenants (id),
         issuer text not null,
         client_id text not null,
         -- Under the tenant's data key.
         client_secret text not null,
         key_id uuid not null,
         default_role text not null check (default_role in ('admin', 'developer', 'support', 'compliance', 'viewer')),
         required boolean not null default false,
         created_at timestamptz not null default now(),
         updated_at timestamptz not null default now()
       )`,
      ...isolateByTenant('sso_settings'),
      `create policy identity on sso_settings for select to hub_operator using (true)`,
      `grant select, insert, update, delete on sso_settings to hub_app`,
      // Not the secret: it is opened in the tenant's own transaction.
      `grant select (tenant_id, issuer, client_id, default_role, required, updated_at) on sso_settings to hub_operator`,

      `create table sso_domains (
         tenant_id uuid not null references tenants (id),
         domain text not null check (domain = lower(domain)),
         -- What the domain's DNS must say.
         token text not null,
         verified_at timestamptz,
         verified_by text check (verified_by in ('dns', 'operator')),
         created_at timestamptz not null default now(),
         primary key (tenant_id, domain),
         check ((verified_at is null) = (verified_by is null))
       )`,
      // Anybody may say that a domain is his; one may prove it.
      `create unique index sso_domains_verified on sso_domains (domain) where verified_at is not null`,
      ...isolateByTenant('sso_domains'),
      `create policy identity on sso_domains for all to hub_operator using (true) with check (true)`,
      `grant select, insert, update, delete on sso_domains to hub_app`,
      `grant select, update on sso_domains to hub_operator`,

      `create table sso_sign_ins (
         state_hash bytea primary key,
         -- The browser that went away must be the one that comes back.
         browser_hash bytea not null,
         into_tenant_id uuid not null references tenants (id),
         expires_at timestamptz not null default now() + interval '10 minutes',
         created_at timestamptz not null default now()
       )`,
      `alter table sso_sign_ins enable row level security`,
      `alter table sso_sign_ins force row level security`,
      `create policy identity on sso_sign_ins for all to hub_operator using (true) with check (true)`,
      `grant select, insert, delete on sso_sign_ins to hub_operator`,

      // A session that a company's provider vouched for is good in that company alone.
      `alter table user_sessions add column sso_tenant_id uuid references tenants (id)`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table user_sessions drop column sso_tenant_id`,
      `drop table sso_sign_ins`,
      `drop table sso_domains`,
      `drop table sso_settings`,
    ]);
  }
}
