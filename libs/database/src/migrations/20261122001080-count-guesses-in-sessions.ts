import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** What is guessed in an open session is counted apart: a stranger at the sign-in page locks nobody out of their own account. */
export class CountGuessesInSessions20261122001080 implements MigrationInterface {
  readonly name = 'CountGuessesInSessions20261122001080';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table users add column session_failures integer not null default 0, add column session_locked_until timestamptz`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`alter table users drop column session_failures, drop column session_locked_until`]);
  }
}
