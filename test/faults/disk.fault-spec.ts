import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startPrivatePostgres, waitUntil, type PrivatePostgres } from '@hub/testing';
import { expectProblem } from '../support/problems';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk';
import { faultRow } from './fault-row';
import { faultStage, RECOVERY_MS, type FaultStage } from './fault-stage';
import { worksAgain } from './progress';

const DISK_MB = 400;

describe('a disk', () => {
  let disk: SmallDisk;
  let log: string;
  let postgres: PrivatePostgres;
  let stage: FaultStage;
  beforeAll(async () => {
    disk = mountSmallDisk(DISK_MB);
    log = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-wal-'));
    fs.chmodSync(log, 0o711);
    postgres = await startPrivatePostgres(disk.folder);
    // The log on a disk of its own, as the runbook has it: a full log would stop the server itself, which is another row.
    await postgres.stop();
    const inside = path.join(postgres.folder, 'pgdata', 'pg_wal');
    execFileSync('cp', ['-a', inside, log]);
    fs.rmSync(inside, { recursive: true });
    fs.symlinkSync(path.join(log, 'pg_wal'), inside);
    await postgres.start();
    stage = await faultStage({ queue: 'redis', database: postgres });
  }, 180_000);
  afterAll(async () => {
    await stage?.hub.stop();
    disk?.close();
    if (log !== undefined) fs.rmSync(log, { recursive: true, force: true });
  });

  faultRow(
    'full disk under Postgres',
    '503 and Retry-After; reads go on; recovers unaided',
    async (told) => {
      const { hub } = stage;
      const run = await stage.begin({ count: 50_000, concurrency: 8 });
      await run.load.reached(500);
      disk.fill();
      await waitUntil('refusals', async () => run.load.count(503) > 20, 120_000);
      const refused = await run.tenant.client.post('/v1/events', {
        event_id: 'while-full',
        type: 'order.created',
        // It must not compress: what fits into a page that was there before the disk was full is rightly accepted.
        data: { text: randomBytes(75_000).toString('base64') },
      });
      expectProblem(refused, 503, 'storage_unavailable');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await run.tenant.client.get('/v1/events?limit=5')).status).toBe(200);
      expect((await run.tenant.client.get('/v1/connections')).status).toBe(200);
      disk.free();
      told.recovered(await worksAgain(hub, run, RECOVERY_MS));
      await run.load.stop();
      expect(run.load.countOf(5)).toBe(run.load.count(503));
      expect(run.load.rude).toEqual([]);
      await run.expectNothingLost();
      for (const process of [...hub.apis, ...hub.workers]) expect(process.isRunning).toBe(true);
      told.note(`${run.load.count(503)} requests were told 503`);
    },
    300_000,
  );
});
