import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startPostgres, type RunningPostgres } from '@hub/local-services';
import { startPrivatePostgres, waitUntil, withClient, type HubDatabase, type PrivatePostgres } from '@hub/testing';
import { TcpProxy } from './tcp-proxy';

/** A Postgres that acknowledges nothing before a second server has it too, which can take its place. */
export interface ReplicatedPostgres extends HubDatabase {
  /** The second server hears nothing more of the first, and neither of them is told. Resolves once commits wait for it. */
  separate(): Promise<void>;
  /** The first server ends at once, and stays away. */
  failPrimary(): Promise<void>;
  /** Where the second one listens. It can be read from the beginning, and written to once it is promoted. */
  readonly standbyPort: number;
  /** Resolves once the second server takes writes; `asSuperuser` goes there from now on. */
  promote(): Promise<void>;
}

const STANDBY = 'standby';

export async function startReplicatedPostgres(): Promise<ReplicatedPostgres> {
  // Commits wait for the standby; the private server would not even wait for its own disk.
  const primary = await startPrivatePostgres(os.tmpdir(), { synchronous_commit: 'on' });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-test-standby-'));
  fs.chmodSync(folder, 0o711);
  const line = await TcpProxy.start(Number(new URL(primary.superuserUrl).port));
  let standby: RunningPostgres | undefined;
  const close = async (): Promise<void> => {
    await standby?.stop();
    await line.close();
    fs.rmSync(folder, { recursive: true, force: true });
    await primary.close();
  };
  try {
    await copyAsStandby(primary, path.join(folder, 'pgdata'));
    standby = await startStandby(line.through(primary.superuserUrl), folder);
    await makeSynchronous(primary);
  } catch (error) {
    await close();
    throw error;
  }
  const { port } = standby;
  const standbyUrl = new URL(primary.superuserUrl);
  standbyUrl.port = String(port);
  let superuserUrl = primary.superuserUrl;
  return {
    urls: primary.urls,
    standbyPort: port,
    asSuperuser: (work) => withClient(superuserUrl, work),
    async separate() {
      line.swallow(true);
      await waitUntil('commits to wait', async () => {
        const { rows } = await primary.asSuperuser((client) =>
          client.query(`select from pg_stat_activity where wait_event = 'SyncRep'`),
        );
        return rows.length > 0;
      });
    },
    failPrimary: () => primary.crash(),
    async promote() {
      await withClient(standbyUrl.toString(), (client) => client.query('select pg_promote(wait => true)'));
      superuserUrl = standbyUrl.toString();
    },
    close,
  };
}

/** The files of the running server, with the label that says from where in its log they are to be made whole. */
async function copyAsStandby({ folder, asSuperuser }: PrivatePostgres, copy: string): Promise<void> {
  // The backup ends with the session that began it.
  const label = await asSuperuser(async (client) => {
    await client.query(`select pg_backup_start('${STANDBY}', fast => true)`);
    execFileSync('cp', ['-a', path.join(folder, 'pgdata'), copy]);
    const ended = await client.query<{ labelfile: string }>(
      'select labelfile from pg_backup_stop(wait_for_archive => false)',
    );
    return ended.rows[0]?.labelfile ?? '';
  });
  for (const name of ['postmaster.pid', 'postmaster.opts']) fs.rmSync(path.join(copy, name), { force: true });
  // The server may run as another account than the one that copied; it takes these files away again.
  const { uid, gid } = fs.statSync(copy);
  for (const [name, text] of Object.entries({ backup_label: label, 'standby.signal': '' })) {
    fs.writeFileSync(path.join(copy, name), text, { mode: 0o600 });
    fs.chownSync(path.join(copy, name), uid, gid);
  }
}

function startStandby(primaryUrl: string, folder: string): Promise<RunningPostgres> {
  const { hostname, port, username, password } = new URL(primaryUrl);
  return startPostgres({
    dataDir: folder,
    superuserPassword: password,
    durable: false,
    settings: {
      synchronous_commit: 'on',
      primary_conninfo: `host=${hostname} port=${port} user=${username} password=${password} application_name=${STANDBY}`,
    },
    searchPath: process.env['PATH'] ?? '',
  });
}

/** From here on a commit is acknowledged once the standby has it. The copy was made before, and waits for nobody. */
async function makeSynchronous({ asSuperuser }: PrivatePostgres): Promise<void> {
  await asSuperuser(async (client) => {
    await client.query(`alter system set synchronous_standby_names = '${STANDBY}'`);
    await client.query('select pg_reload_conf()');
    await waitUntil('the standby to follow', async () => {
      const { rows } = await client.query<{ sync_state: string; state: string }>(
        'select state, sync_state from pg_stat_replication',
      );
      return rows.some(({ state, sync_state: sync }) => state === 'streaming' && sync === 'sync');
    });
  });
}
