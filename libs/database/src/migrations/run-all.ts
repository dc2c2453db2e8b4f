import { type QueryRunner } from 'typeorm';

/** Statements in order, inside the migration's transaction. */
export async function runAll(runner: QueryRunner, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await runner.query(statement);
}
