import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { LISTED_TENANTS } from '../rls';
import { runAll } from './run-all';

/** As in `rls.ts` before: the list was taken apart for each row. */
const LISTED_EACH_ROW = `any ((select string_to_array(nullif(current_setting('app.tenant_ids', true), ''), ','))::uuid[])`;

/** The policies of the accept batch read their list of tenants once for each statement. */
export class ListTenantsOnce20261121000960 implements MigrationInterface {
  readonly name = 'ListTenantsOnce20261121000960';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, admitting(LISTED_TENANTS));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, admitting(LISTED_EACH_ROW));
  }
}

function admitting(tenants: string): string[] {
  return ['routes', 'event_keys', 'events', 'deliveries'].map(
    (table) =>
      `alter policy accept_batch on ${table} using (tenant_id = ${tenants}) with check (tenant_id = ${tenants})`,
  );
}
