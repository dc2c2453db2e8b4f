import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** A sign-in at a vendor belongs to the browser that set out to it. Without one it is refused: it was not set out to yet. */
export class BindSignIns20261122001060 implements MigrationInterface {
  readonly name = 'BindSignIns20261122001060';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // Of the cookie's value: the table alone makes no browser the right one.
      `alter table oauth_authorizations add column browser_hash bytea`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`alter table oauth_authorizations drop column browser_hash`]);
  }
}
