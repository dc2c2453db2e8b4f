import { access, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DevFile, readDevFile, type DevFileContent } from './dev-file';

const CONTENT: DevFileContent = {
  api_url: 'http://127.0.0.1:3000',
  portal_url: 'http://127.0.0.1:3000',
  metrics_url: 'http://127.0.0.1:3001/metrics',
  worker_metrics_url: 'http://127.0.0.1:3002/metrics',
  sandbox_url: 'http://127.0.0.1:4010',
  salesforce_url: 'http://127.0.0.1:4011',
  quickbooks_url: 'http://127.0.0.1:4012',
  netsuite_url: 'http://127.0.0.1:4013',
  erp_url: 'http://127.0.0.1:4014',
  sandbox_control_token: 'token',
  database_url: 'postgres://hub_app:x@127.0.0.1:5000/hub',
  redis_url: null,
  pids: { launcher: 1, api: 2, worker: 3, sandbox: 4, postgres: 5, redis: null },
  operator_key: 'hub_op_x',
  operator: { email: 'operator@hub.test', password: 'p' },
  tenants: [{ id: 'ten_1', slug: 'acme', tier: 'standard', api_key: 'hub_test_x', users: [] }],
};

describe('DevFile', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hub-dev-'));
    file = join(folder, 'dev.json');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is private, follows restarts, and goes away', async () => {
    const devFile = new DevFile(file);
    await devFile.publish(CONTENT);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await devFile.updatePids({ ...CONTENT.pids, api: 99 });
    expect(await readDevFile(file)).toEqual({ ok: true, value: { ...CONTENT, pids: { ...CONTENT.pids, api: 99 } } });
    await devFile.remove();
    await expect(access(file)).rejects.toThrow();
    expect(await readDevFile(file)).toEqual({ ok: false, error: 'absent' });
  });

  it('does not come back when a child restarts while the hub stops', async () => {
    const devFile = new DevFile(file);
    await devFile.publish(CONTENT);
    const removed = devFile.remove();
    await devFile.updatePids({ ...CONTENT.pids, api: 99 });
    await removed;
    expect(await readDevFile(file)).toEqual({ ok: false, error: 'absent' });
  });

  it('ends with the newest of overlapping updates', async () => {
    const devFile = new DevFile(file);
    await devFile.publish(CONTENT);
    await Promise.all([10, 11, 12].map((api) => devFile.updatePids({ ...CONTENT.pids, api })));
    const read = await readDevFile(file);
    expect(read.ok && read.value.pids.api).toBe(12);
  });

  it('does not take any file for a hub', async () => {
    await writeFile(file, '{"api_url": 5}');
    expect(await readDevFile(file)).toEqual({ ok: false, error: 'unreadable' });
    await writeFile(file, 'nonsense');
    expect(await readDevFile(file)).toEqual({ ok: false, error: 'unreadable' });
  });
});
