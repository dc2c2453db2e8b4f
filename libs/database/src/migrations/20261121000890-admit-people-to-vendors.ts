import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { CURRENT_TENANT } from '../rls';
import { runAll } from './run-all';

/** A sign-in at a vendor is begun by a person in the portal as well as with a key. */
export class AdmitPeopleToVendors20261121000890 implements MigrationInterface {
  readonly name = 'AdmitPeopleToVendors20261121000890';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // Begun by nobody is taken for begun by somebody who is gone.
      `alter table oauth_authorizations
         alter column api_key_id drop not null,
         add column user_id uuid references users (id),
         add column user_is_operator boolean not null default false,
         add constraint oauth_authorizations_initiator check (num_nonnulls(api_key_id, user_id) <= 1)`,

      // Whether somebody still is at work in the tenant that the transaction is in: as a member, or as an operator who has
      // entered it. Says nothing about anybody who is not.
      `create function find_person_at_work(wanted uuid)
         returns table (email text)
         language sql stable security definer set search_path = pg_catalog, public
         as $$
           select u.email from public.users u
           where u.id = wanted and u.disabled_at is null and (
             exists (select 1 from public.memberships m
                     where m.tenant_id = ${CURRENT_TENANT} and m.user_id = u.id and m.status = 'active')
             or u.is_operator and exists (select 1 from public.user_sessions s
                     where s.user_id = u.id and s.inside_tenant_id = ${CURRENT_TENANT} and s.ended_at is null
                       and s.acting_until > now()))
         $$`,
      `revoke all on function find_person_at_work(uuid) from public`,
      `grant execute on function find_person_at_work(uuid) to hub_app`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop function find_person_at_work(uuid)`,
      `alter table oauth_authorizations no force row level security`,
      `delete from oauth_authorizations where api_key_id is null`,
      `alter table oauth_authorizations force row level security`,
      `alter table oauth_authorizations
         drop constraint oauth_authorizations_initiator,
         drop column user_is_operator,
         drop column user_id,
         alter column api_key_id set not null`,
    ]);
  }
}
