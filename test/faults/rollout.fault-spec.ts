import { randomBytes } from 'node:crypto';
import { keyWith, type StagedHub } from '../support/staged-hub';
import { TestClient, waitUntil } from '@hub/testing';
import { faultRow } from './fault-row';
import { faultStage, type FaultStage, type Run, type RunOptions } from './fault-stage';

/** More than there is time for: the load is stopped once the change is through. */
const EVENTS = 50_000;
const newMasterKey = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;

describe('changes under load', () => {
  const [first, second] = [newMasterKey('k1'), newMasterKey('k2')];
  let masterKeys = first;
  let stage: FaultStage;
  beforeAll(async () => {
    stage = await faultStage({
      queue: 'redis',
      apis: 2,
      workers: 2,
      env: () => ({ HUB_MASTER_KEYS: masterKeys }),
    });
  }, 120_000);
  afterAll(() => stage?.hub.stop());

  const apis = (): string[] => stage.hub.apis.map(({ url }) => url);
  const begin = (key?: RunOptions['key']): Promise<Run> =>
    stage.begin({
      count: EVENTS,
      concurrency: 4,
      apis: apis(),
      ...(key === undefined ? {} : { key }),
      sink: { config: { auth: { kind: 'bearer' } }, credentials: { token: 'secret-of-the-sink' } },
    });

  /** One after another, as a rolling update does; each is up before the next goes. */
  async function restartAll(hub: StagedHub): Promise<void> {
    for (const process of [...hub.apis, ...hub.workers]) {
      await process.stop();
      await process.start();
    }
  }

  async function expectNoFailure(run: Run): Promise<void> {
    await run.load.stop();
    expect(run.load.countOf(5)).toBe(0);
    expect(run.load.countOf(4)).toBe(0);
    expect(await run.expectNothingLost()).toEqual({ repeats: 0 });
    const { rows } = await stage.hub.database.asSuperuser((client) =>
      client.query<{ n: number }>(
        `select count(*)::int as n from attempts where tenant_id = $1 and outcome <> 'succeeded'`,
        [run.tenant.uuid],
      ),
    );
    expect(rows).toEqual([{ n: 0 }]);
  }

  faultRow(
    'rolling restart',
    '0 refused, 0 failed attempts, 0 repeats',
    async (told) => {
      const run = await begin();
      await run.load.reached(500);
      await restartAll(stage.hub);
      await expectNoFailure(run);
      told.note(`${run.load.taken.length} events, ${run.load.cut} connections were moved to the other API`);
    },
    300_000,
  );

  faultRow(
    'master key rotated',
    '0 failures; every data key ends under the new key',
    async (told) => {
      const run = await begin();
      await run.load.reached(300);
      for (const next of [`${first},${second}`, `${second},${first}`]) {
        masterKeys = next;
        await restartAll(stage.hub);
      }
      await waitUntil('the data key to be sealed anew', async () => {
        const { rows } = await stage.hub.database.asSuperuser((client) =>
          client.query<{ master_key: string }>(
            `select split_part(wrapped_key, '.', 2) as master_key from tenant_data_keys where tenant_id = $1`,
            [run.tenant.uuid],
          ),
        );
        return rows.length > 0 && rows.every(({ master_key: key }) => key === 'k2');
      });
      masterKeys = second;
      for (const process of [...stage.hub.apis, ...stage.hub.workers]) {
        await process.stop();
        await process.start();
      }
      await expectNoFailure(run);
      const { requests } = await stage.hub.sandbox.sink(run.sink, 1);
      expect(requests[0]?.headers['authorization'] ?? '').not.toBe('');
      told.note(`${run.load.taken.length} events over three rolling restarts`);
    },
    400_000,
  );

  faultRow(
    'API keys rotated under load',
    '0 refused',
    async (told) => {
      let key: string | null = null;
      const run = await begin((own) => key ?? own);
      let current = await keyWith(run.tenant, ['events:write', 'config:read', 'config:write']);
      key = current.client.key;
      for (let turn = 1; turn <= 5; turn++) {
        await run.load.reached(turn * 200);
        const rotated = await run.tenant.client.demand<{ id: string; key: string }>(
          'POST',
          `/v1/api-keys/${current.id}/rotate`,
          { overlap_seconds: 60 },
        );
        current = { id: rotated.id, client: new TestClient(run.tenant.client.apiUrl, rotated.key) };
        key = rotated.key;
      }
      await expectNoFailure(run);
      told.note(`5 rotations, ${run.load.taken.length} events`);
    },
    300_000,
  );
});
