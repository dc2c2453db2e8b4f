import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { Redis } from 'ioredis';
import { freePortRow, isAlive, pidsOf, Playground, type LaunchedHub } from './fixtures/launched-hub';

jest.setTimeout(90_000);

/** By whom operators' keys were made, says the audit log. */
async function keysRecorded(hub: LaunchedHub): Promise<unknown[]> {
  const secrets = JSON.parse(readFileSync(join(dirname(hub.devFile), 'secrets.json'), 'utf8')) as {
    role_passwords: { owner: string };
  };
  const url = new URL(hub.dev().database_url);
  url.username = 'hub_owner';
  url.password = encodeURIComponent(secrets.role_passwords.owner);
  const database = new Client({ connectionString: url.href });
  await database.connect();
  const { rows } = await database.query<{ actor: string }>(
    `select actor from audit_records where action = 'operator_key.created'`,
  );
  await database.end();
  return rows.map(({ actor }) => actor);
}

/** The launcher as a process of its own, with real Postgres, Redis (where there is one) and sandbox. */
describe('the start command', () => {
  let playground: Playground;
  let ports: Record<string, string>;
  beforeEach(async () => {
    playground = new Playground();
    const first = await freePortRow(5);
    ports = { HUB_PORT: String(first), HUB_SANDBOX_PORT: String(first + 3) };
  });
  afterEach(() => playground.remove());

  it('brings everything up, describes it, and leaves nothing behind', async () => {
    const hub = playground.launch({ ...ports, SECRET_OF_THE_SHELL: 'x' });
    const dev = await hub.ready();
    expect(dev.api_url).toBe(`http://127.0.0.1:${ports['HUB_PORT']}`);
    expect(statSync(hub.devFile).mode & 0o777).toBe(0o600);
    expect(dev.tenants.map(({ slug, tier }) => [slug, tier])).toEqual([
      ['acme', 'standard'],
      ['globex', 'free'],
    ]);
    expect(pidsOf(dev).every(isAlive)).toBe(true);

    const { environment, calls } = playground.apiState(ports['HUB_PORT']);
    expect(Object.keys(environment).filter((name) => !/^(HUB_|REDIS_URL$)/.test(name))).toEqual([]);
    expect(calls.filter((call) => call === 'POST /v1/connections')).toHaveLength(10);
    expect(calls.filter((call) => call === 'POST /v1/routes')).toHaveLength(7);

    const database = new Client({ connectionString: dev.database_url });
    await database.connect();
    const { rows } = await database.query('select current_user as who');
    await database.end();
    expect(rows).toEqual([{ who: 'hub_app' }]);

    expect(await hub.end('SIGINT')).toBe(0);
    expect(hub.isDescribed()).toBe(false);
    expect(pidsOf(dev).filter(isAlive)).toEqual([]);
  });

  it('finds everything again, follows the sandbox to another port, and brings nothing back', async () => {
    const first = playground.launch(ports);
    const before = await first.ready();
    await first.end('SIGTERM');
    const callsBefore = playground.apiState(ports['HUB_PORT']).calls.length;
    const sandboxPort = await freePortRow(2);
    const second = playground.launch({ ...ports, HUB_SANDBOX_PORT: String(sandboxPort) });
    const after = await second.ready();
    expect(after.tenants).toEqual(before.tenants);
    expect(after.operator_key).toBe(before.operator_key);
    expect(await keysRecorded(second)).toEqual(['launcher']);
    expect(second.output).toContain('found again');
    const { calls, tenants } = playground.apiState(ports['HUB_PORT']);
    expect(calls.slice(callsBefore).filter((call) => call.startsWith('POST'))).toEqual([]);
    const configs = JSON.stringify(tenants.flatMap(({ connections }) => connections.map(({ config }) => config)));
    expect(configs).toContain(`127.0.0.1:${sandboxPort}/sink/acme`);
    expect(configs).not.toContain(`127.0.0.1:${ports['HUB_SANDBOX_PORT']}/`);
  });

  it('makes a crash good and says so, at the same addresses', async () => {
    const hub = playground.launch(ports);
    const dev = await hub.ready();
    for (const name of ['api', 'worker', 'sandbox', 'redis', 'postgres'] as const) {
      const pid = dev.pids[name];
      // A machine without Redis runs the queue on PostgreSQL.
      if (pid === null) continue;
      process.kill(pid, 'SIGKILL');
      await hub.until(`${name} again`, () => (hub.dev().pids[name] ?? pid) !== pid);
      expect(hub.output).toContain(`! ${name} was ended by SIGKILL`);
    }
    const again = hub.dev();
    expect({ ...again, pids: null }).toEqual({ ...dev, pids: null });
    expect(pidsOf(again).every(isAlive)).toBe(true);
    if (again.redis_url !== null) {
      const redis = new Redis(again.redis_url);
      expect(await redis.ping()).toBe('PONG');
      redis.disconnect();
    }
    const database = new Client({ connectionString: again.database_url });
    await database.connect();
    await database.end();
    await hub.end('SIGTERM');
    expect([...pidsOf(dev), ...pidsOf(again)].filter(isAlive)).toEqual([]);
  });

  it('refuses a second launcher on the same data, and names ports that are taken', async () => {
    const hub = playground.launch(ports);
    const dev = await hub.ready();
    const same = playground.launch(ports);
    expect(await same.ended()).toBe(1);
    expect(same.output).toContain(`already running (process ${dev.pids.launcher})`);
    const other = playground.launch({ ...ports, HUB_DATA_DIR: 'other' });
    expect(await other.ended()).toBe(1);
    expect(other.output).toContain(`${ports['HUB_PORT']} for the API`);
    expect(other.output).toContain('with HUB_PORT, HUB_WORKER_METRICS_PORT, HUB_SANDBOX_PORT');
    expect(pidsOf(hub.dev()).every(isAlive)).toBe(true);
  });

  it('takes everything along when it is killed, and starts again at once', async () => {
    const hub = playground.launch(ports);
    const dev = await hub.ready();
    await hub.end('SIGKILL');
    const again = playground.launch(ports);
    const after = await again.ready();
    expect(after.tenants).toEqual(dev.tenants);
    await again.until('the end of the first run', () => !pidsOf(dev).some(isAlive));
  });

  it('ends in order when npm is ended, whose signals never reach it', async () => {
    const hub = playground.launch({ ...ports, npm_lifecycle_event: 'start' });
    const dev = await hub.ready();
    // Ends the shell; the output closes when the launcher has ended too.
    await hub.end('SIGKILL');
    expect(hub.output).toContain('npm has ended');
    expect(hub.isDescribed()).toBe(false);
    expect(pidsOf(dev).filter(isAlive)).toEqual([]);
  });

  it('runs beside another one, and the queue on PostgreSQL when told so', async () => {
    const hub = playground.launch(ports);
    await hub.ready();
    const first = await freePortRow(5);
    const other = playground.launch({
      HUB_PORT: String(first),
      HUB_SANDBOX_PORT: String(first + 3),
      HUB_DATA_DIR: 'other',
      HUB_QUEUE: 'postgres',
    });
    const dev = await other.ready();
    expect(dev).toMatchObject({ redis_url: null, pids: { redis: null } });
    expect(playground.apiState(String(first)).environment).toMatchObject({
      HUB_DB_QUEUE_URL: expect.stringContaining('hub_queue'),
    });
    expect(await other.end('SIGTERM')).toBe(0);
    expect(pidsOf(hub.dev()).every(isAlive)).toBe(true);
  });

  it('stops with the reason when a process does not come up, and leaves nothing behind', async () => {
    writeFileSync(playground.program('worker'), `console.error('HUB_X: is wrong'); process.exit(78);`);
    const hub = playground.launch(ports);
    expect(await hub.ended()).toBe(1);
    expect(hub.output).toContain('worker ended with code 78 while starting');
    expect(hub.output).toContain('HUB_X: is wrong');
    expect(hub.isDescribed()).toBe(false);
  });

  it('takes a signal that comes twice for one wish, and a later one for haste', async () => {
    const deaf = `process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000);`;
    writeFileSync(playground.program('worker'), `${readFileSync(playground.program('worker'), 'utf8')}\n${deaf}`);
    const hub = playground.launch(ports);
    const dev = await hub.ready();
    // Of two kinds, because the kernel makes one of two that are alike; together, because what comes later is another wish.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) hub.signal(signal);
    await hub.until('the stop', () => hub.output.includes('Stopping (SIGINT)'));
    await new Promise((done) => setTimeout(done, 1_000));
    expect(hub.output).not.toContain('Stopping at once');
    expect(isAlive(dev.pids.worker ?? 0)).toBe(true);
    expect(await hub.end('SIGINT')).toBe(130);
    await hub.until('the end of all', () => !pidsOf(dev).some(isAlive));
  });

  it('stops in the middle of a start when asked to', async () => {
    writeFileSync(
      playground.program('api'),
      `setInterval(() => undefined, 1000); process.stdin.resume().on('end', () => process.exit())`,
    );
    const hub = playground.launch(ports);
    await hub.until('the start of the API', () => hub.output.includes('✓ worker'));
    expect(await hub.end('SIGTERM')).toBe(0);
    expect(hub.output).not.toContain('cannot go on');
    expect(hub.isDescribed()).toBe(false);
  });
});
