import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { makeScratchFolder, removeScratchFolder } from '../fixtures/scratch-folder';
import { startInOtherProcess, type StarterOptions, type StarterProcess } from '../fixtures/starter-process';
import { checkPortFree, LOOPBACK } from '../net/ports';
import { waitFor } from '../net/wait-for';
import { chooseIdentity, unprivilegedIdentity } from '../process/process-identity';
import { inspectProcess } from '../process/process-table';
import { findEmbeddedPackage, readEmbeddedPackage } from './embedded-native';
import { findPostgresBinaries } from './postgres-binaries';
import { type RunningPostgres, type StartPostgresOptions } from './postgres.types';
import { startPostgres } from './start-postgres';

jest.setTimeout(60_000);

const PASSWORD = `it's p@ss/w:rd %20 "ö"`;
const IS_ROOT = process.getuid?.() === 0;

async function query<T extends object>(url: string, text: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('startPostgres', () => {
  let scratch: string;
  let started: RunningPostgres[];
  let starters: StarterProcess[];
  let lines: string[];

  beforeEach(async () => {
    scratch = await makeScratchFolder();
    started = [];
    starters = [];
    lines = [];
  });
  afterEach(async () => {
    for (const starter of starters) await starter.kill('SIGKILL');
    for (const starter of starters) await gone(starter.service.pid);
    for (const server of started) await server.stop();
    await removeScratchFolder(scratch);
  });

  const gone = (pid: number) =>
    waitFor(async () => (await inspectProcess(pid)) === null, { what: `the end of process ${pid}` });
  const dataDir = (name = 'db') => join(scratch, name);
  const options = (more: Partial<StartPostgresOptions> = {}): StartPostgresOptions => ({
    dataDir: dataDir(),
    superuserPassword: PASSWORD,
    durable: false,
    log: (line) => void lines.push(line),
    ...more,
  });
  async function start(more?: Partial<StartPostgresOptions>): Promise<RunningPostgres> {
    const server = await startPostgres(options(more));
    started.push(server);
    return server;
  }
  async function startElsewhere(
    more: Record<string, unknown> = {},
    starterOptions?: StarterOptions,
  ): Promise<StarterProcess> {
    const plain = { dataDir: dataDir(), superuserPassword: PASSWORD, durable: false, ...more };
    const starter = await startInOtherProcess('startPostgres', plain, starterOptions);
    starters.push(starter);
    return starter;
  }

  it('creates a private UTF-8 cluster with checksums and scram, never as root, and ends cleanly', async () => {
    const server = await start({ settings: { work_mem: '5MB' } });
    const [row] = await query(
      server.url,
      `select current_setting('data_checksums') as checksums, current_setting('server_encoding') as encoding,
              current_setting('max_connections') as connections, current_setting('listen_addresses') as addresses,
              current_setting('work_mem') as memory, current_setting('fsync') as fsync, lower('ÄÖ') as lowered,
              (select rolpassword like 'SCRAM-SHA-256$%' from pg_authid where rolname = 'postgres') as scram,
              (select string_agg(distinct auth_method, ',') from pg_hba_file_rules) as methods`,
    );
    expect(row).toEqual({
      checksums: 'on',
      encoding: 'UTF8',
      connections: '200',
      addresses: LOOPBACK,
      memory: '5MB',
      fsync: 'off',
      lowered: 'äö',
      scram: true,
      methods: 'scram-sha-256',
    });
    expect(server.version).toMatch(/^\d+\.\d+$/);
    if (process.platform === 'linux') {
      const uid = Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]);
      expect(uid).toBe(IS_ROOT ? (await unprivilegedIdentity()).ownerUid : process.getuid?.());
    }
    expect((await stat(join(dataDir(), 'pgdata'))).mode & 0o777).toBe(0o700);

    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(await inspectProcess(server.pid)).toBeNull();
    expect(lines.join('\n')).not.toContain(PASSWORD);
  });

  it('cannot be reached from another address of this machine', async () => {
    const server = await start();
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4');
    const address = outside?.address ?? '127.0.0.2';
    await expect(query(server.url.replace(`@${LOOPBACK}`, `@${address}`), 'select 1')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it('opens the data again, and only with the password they were created with', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();

    await expect(startPostgres(options({ superuserPassword: 'another' }))).rejects.toMatchObject({
      code: 'PASSWORD_MISMATCH',
      cure: expect.stringContaining('data folder'),
    });
    expect(existsSync(join(dataDir(), 'pgdata', 'postmaster.pid'))).toBe(false);

    const second = await start();
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(lines.filter((line) => line.startsWith('creating a database'))).toHaveLength(1);
  });

  it('runs two servers at once', async () => {
    const [a, b] = await Promise.all([start({ dataDir: dataDir('a') }), start({ dataDir: dataDir('b') })]);
    expect(a.port).not.toBe(b.port);
    await query(a.url, 'create table only_in_a ()');
    expect(await query(b.url, `select to_regclass('only_in_a') as found`)).toEqual([{ found: null }]);
  });

  it('does not touch a server that another live process uses', async () => {
    const other = await startElsewhere();
    await expect(startPostgres(options())).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
      message: expect.stringContaining(`process ${other.process.pid}`),
    });
    expect(await query(other.service.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('names the port that is in use, and works once it is free', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, LOOPBACK, resolve));
    const { port } = blocker.address() as AddressInfo;
    await expect(startPostgres(options({ port }))).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `port ${port} is in use, but Postgres needs it`,
    });
    await new Promise((resolve) => blocker.close(resolve));
    expect((await start({ port })).port).toBe(port);
  });

  it('ends with its parent when that is killed, cleanly', async () => {
    const other = await startElsewhere({ exitWithParent: true });
    await other.kill('SIGKILL');
    await gone(other.service.pid);
    await start();
    expect(lines.join('\n')).not.toContain('not properly shut down');
    expect(lines.join('\n')).not.toContain('of an earlier run');
  });

  it('does not hold open a parent that has nothing else to do, and ends with it', async () => {
    const other = await startElsewhere({ exitWithParent: true }, { stays: false });
    await other.ended;
    await gone(other.service.pid);
    expect((await checkPortFree(other.service.port, 'x')).ok).toBe(true);
  });

  it('stops the orphan of a killed parent at the next start and loses nothing', async () => {
    const other = await startElsewhere({ exitWithParent: false });
    await query(other.service.url, 'create table kept as select 7 as answer');
    const lingering = new Client({ connectionString: other.service.url });
    lingering.on('error', () => undefined);
    await lingering.connect();
    await other.kill('SIGKILL');
    expect(await inspectProcess(other.service.pid)).not.toBeNull();

    const server = await start({ port: other.service.port });
    expect(await inspectProcess(other.service.pid)).toBeNull();
    expect(await query(server.url, 'select answer from kept')).toEqual([{ answer: 7 }]);
    expect(lines.join('\n')).toContain(`process ${other.service.pid}`);
    expect(lines.join('\n')).not.toContain('not properly shut down');
  });

  it('recovers from its own crash, telling whoever waits, and frees the folder', async () => {
    const server = await start();
    await query(server.url, 'create table kept as select 3 as answer');
    await query(server.url, 'checkpoint');
    process.kill(server.pid, 'SIGKILL');
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
    await server.stop();
    const next = await start();
    expect(await query(next.url, 'select answer from kept')).toEqual([{ answer: 3 }]);
  });

  it('is not misled by a pid file whose number now belongs to another program', async () => {
    const first = await start();
    const pidFile = join(dataDir(), 'pgdata', 'postmaster.pid');
    const { uid, gid } = await stat(pidFile);
    const content = await readFile(pidFile, 'utf8');
    await first.stop();
    const bystander = spawn('sleep', ['600'], { cwd: '/', stdio: 'ignore', ...(IS_ROOT ? { uid, gid } : {}) });
    await once(bystander, 'spawn');
    try {
      await writeFile(pidFile, content.replace(/^\d+/, String(bystander.pid)));
      if (IS_ROOT) await chown(pidFile, uid, gid);
      const server = await start();
      expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    } finally {
      bystander.kill('SIGKILL');
    }
  });

  it('leaves a folder alone that holds something else', async () => {
    await mkdir(join(dataDir(), 'pgdata'), { recursive: true });
    await writeFile(join(dataDir(), 'pgdata', 'thesis.txt'), 'dear');
    await expect(startPostgres(options())).rejects.toMatchObject({
      code: 'DATA_DIR_UNUSABLE',
      message: expect.stringContaining('not a database'),
    });
    expect(await readFile(join(dataDir(), 'pgdata', 'thesis.txt'), 'utf8')).toBe('dear');
  });

  it('removes what an interrupted creation left', async () => {
    await mkdir(join(dataDir(), 'pgdata.unfinished', 'base'), { recursive: true });
    const server = await start();
    expect(existsSync(join(dataDir(), 'pgdata.unfinished'))).toBe(false);
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('refuses data of another major version without touching them', async () => {
    const server = await start();
    await server.stop();
    const versionFile = join(dataDir(), 'pgdata', 'PG_VERSION');
    const version = await readFile(versionFile, 'utf8');
    await writeFile(versionFile, '14\n');
    await expect(startPostgres(options())).rejects.toMatchObject({
      code: 'DATA_VERSION_MISMATCH',
      message: expect.stringContaining('created by Postgres 14'),
    });
    await writeFile(versionFile, version);
    await start();
  });

  it('reports the reason when the server does not come up, and frees the folder', async () => {
    await expect(startPostgres(options({ settings: { work_mem: 'plenty' } }))).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringContaining('work_mem'),
    });
    await start();
  });

  it.each([
    [{ superuserPassword: '' }, 'INVALID_OPTION'],
    [{ superuserPassword: 'a\nb' }, 'INVALID_OPTION'],
    [{ settings: { listen_addresses: '*' } }, 'INVALID_OPTION'],
    [{ port: 70_000 }, 'INVALID_OPTION'],
    [{ dataDir: '/dev/null/db' }, 'DATA_DIR_UNUSABLE'],
  ])('refuses %p', async (more, code) => {
    await expect(startPostgres(options(more))).rejects.toMatchObject({ code, cure: expect.stringMatching(/./) });
  });

  it('uses an installed Postgres when the machine has one, and says which', async () => {
    const request = {
      identity: await chooseIdentity(scratch),
      cacheDir: scratch,
      dataMajor: null,
      log: () => undefined,
    };
    const installed = await findPostgresBinaries({ ...request, source: 'system' }).catch(() => null);
    if (installed === null) {
      await expect(startPostgres(options({ source: 'system' }))).rejects.toMatchObject({ code: 'BINARIES_NOT_FOUND' });
      return;
    }
    const server = await start({ source: 'system' });
    expect(server).toMatchObject({ source: 'system', version: expect.stringMatching(`^${installed.major}\\.`) });
    expect(lines.join('\n')).toContain(`using the system Postgres ${installed.major} in ${installed.folder}`);
    expect(await query(server.url, `select current_setting('server_encoding') as encoding`)).toEqual([
      { encoding: 'UTF8' },
    ]);
  });

  it('works with an embedded package whose install script never ran and that others may not read', async () => {
    const installed = await findEmbeddedPackage();
    if (installed === null) throw new Error('the embedded package of this platform is not installed');
    const root = join(scratch, 'package');
    await mkdir(root, { mode: 0o700 });
    await cp(join(installed.root, 'package.json'), join(root, 'package.json'));
    await cp(join(installed.root, 'native'), join(root, 'native'), {
      recursive: true,
      filter: (path) => !isLink(path),
    });
    const cacheDir = join(scratch, 'runtime');
    const binaries = await findPostgresBinaries({
      identity: await chooseIdentity(scratch),
      cacheDir,
      dataMajor: null,
      source: 'embedded',
      log: () => undefined,
      embedded: await readEmbeddedPackage(root),
    });
    expect(binaries.folder.startsWith(IS_ROOT ? cacheDir : root)).toBe(true);
    expect(isLink(join(root, 'native', 'lib', 'libicuuc.so.60'))).toBe(process.platform === 'linux');
  });

  it('says what to do when there are no server programs at all', async () => {
    const request = {
      identity: await chooseIdentity(scratch),
      cacheDir: scratch,
      dataMajor: null,
      log: () => undefined,
    };
    await expect(findPostgresBinaries({ ...request, source: 'embedded', embedded: null })).rejects.toMatchObject({
      code: 'BINARIES_NOT_FOUND',
      cure: expect.stringContaining('npm install'),
    });
  });

  if (IS_ROOT) {
    const nobody = { uid: 65_534, gid: 65_534 };

    it('runs for an ordinary user as that user', async () => {
      await mkdir(dataDir());
      await chown(dataDir(), nobody.uid, nobody.gid);
      const other = await startElsewhere({}, { account: nobody });
      expect((await stat(join(dataDir(), 'pgdata'))).uid).toBe(nobody.uid);
      expect((await stat(`/proc/${other.service.pid}`)).uid).toBe(nobody.uid);
      expect((await stat(dataDir())).mode & 0o777).toBe(0o755);
      await other.kill('SIGKILL');
      await gone(other.service.pid);
      // Root takes the folder over: the files change hands and the data stay.
      const server = await start();
      expect((await stat(join(dataDir(), 'pgdata', 'base'))).uid).toBe((await unprivilegedIdentity()).ownerUid);
      await server.stop();
      await expect(startElsewhere({}, { account: nobody })).rejects.toThrow('DATA_DIR_UNUSABLE');
    });

    it('works below a folder that only root may enter, or says how to choose another', async () => {
      const closed = join(scratch, 'home');
      await mkdir(closed, { mode: 0o700 });
      await writeFile(join(closed, 'secrets.json'), '{}', { mode: 0o600 });
      const attempt = await start({ dataDir: join(closed, 'db') }).catch((error: unknown) => error);
      if (attempt instanceof Error) {
        expect(attempt).toMatchObject({ code: 'DATA_DIR_UNREACHABLE', cure: expect.stringContaining(closed) });
      } else {
        expect(lines.join('\n')).toContain('as nobody in a user namespace');
        const server = attempt as RunningPostgres;
        expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
        await server.stop();
        // Once the way is open the database moves on to the unprivileged account.
        await chmod(closed, 0o711);
        await start({ dataDir: join(closed, 'db') });
        expect((await stat(join(closed, 'db', 'pgdata'))).uid).toBe((await unprivilegedIdentity()).ownerUid);
      }
      expect((await stat(join(closed, 'secrets.json'))).mode & 0o777).toBe(0o600);
      expect((await stat(closed)).uid).toBe(0);
    });

    it('names the closed folder when namespaces are not available either', async () => {
      const closed = join(scratch, 'home');
      await mkdir(join(closed, 'db'), { recursive: true });
      await chmod(closed, 0o700);
      // An `unshare` that refuses, as under a container's seccomp filter, found before the real one.
      const bin = join(scratch, 'bin');
      await mkdir(bin);
      await writeFile(join(bin, 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
      await expect(chooseIdentity(join(closed, 'db'), bin)).rejects.toMatchObject({
        code: 'DATA_DIR_UNREACHABLE',
        message: expect.stringContaining(`may not enter ${closed},`),
        cure: expect.stringContaining(`chmod o+x ${closed}`),
      });
      await rm(bin, { recursive: true });
    });
  }
});

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
