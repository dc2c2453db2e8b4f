import { type ConnectorError } from '@hub/connector-sdk';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { storeNotices } from '../hooks/hook.repository';
import { listSyncRuns, requestRun } from '../syncs/sync-run.repository';
import { findSync } from '../syncs/sync.repository';
import { type RunRequest, type SyncRow, type SyncRunRow } from '../syncs/sync.types';
import { createSyncHarness, type SyncHarness } from './sync-harness';

/** A database for the tests of one file, with a tenant and a fake vendor for each of them. */
export class PullStage {
  private made: TestDatabase | undefined;
  private current: SyncHarness | undefined;

  /** To be called where the tests are declared. */
  static open(): PullStage {
    const stage = new PullStage();
    beforeAll(async () => {
      stage.made = await createTestDatabase();
    }, 60_000);
    beforeEach(async () => {
      stage.current = await createSyncHarness(stage.database);
    });
    afterAll(() => stage.made?.close());
    return stage;
  }

  get database(): TestDatabase {
    if (this.made === undefined) throw new Error('the database is not there yet');
    return this.made;
  }

  get harness(): SyncHarness {
    if (this.current === undefined) throw new Error('no test has begun');
    return this.current;
  }

  async syncOf(id: string): Promise<SyncRow> {
    const row = await this.harness.tenants.run(this.harness.tenantId, (tx) => findSync(tx, id));
    if (row === null) throw new Error('no such sync');
    return row;
  }

  runsOf(id: string): Promise<SyncRunRow[]> {
    return this.harness.tenants.run(this.harness.tenantId, (tx) => listSyncRuns(tx, id, { limit: 50, before: null }));
  }

  async ask(id: string, request: RunRequest): Promise<SyncRunRow> {
    const asked = await this.harness.tenants.run(this.harness.tenantId, (tx) => requestRun(tx, id, request));
    if (!asked.ok) throw new Error(asked.error.code);
    return asked.value.run;
  }

  /** Of the events, in order of acceptance. */
  async subjects(): Promise<string[]> {
    return (await this.harness.events()).map(({ subject }) => subject);
  }

  makeDue(): Promise<unknown> {
    return this.harness.query(`update syncs set next_run_at = now()`);
  }

  /** As a vendor's call does it. */
  announce(...ids: string[]): Promise<number> {
    return this.harness.tenants.run(this.harness.tenantId, (tx) =>
      storeNotices(
        tx,
        this.harness.connectionId,
        ids.map((id) => ({ object: 'Customer', id, change: 'updated' as const })),
      ),
    );
  }
}

export function refusal(category: ConnectorError['category'], rest: Partial<ConnectorError> = {}): ConnectorError {
  return { category, code: `${category}_code`, message: 'with a \0 in it', ...rest };
}
