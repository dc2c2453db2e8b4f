import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LocalServiceError } from '../errors/local-service.error';
import { runCommand, searchFolders, type Invocation } from './run-command';

/** Who a service runs as, and who must own its files for that. */
export interface ProcessIdentity {
  readonly kind: 'self' | 'account' | 'namespace';
  readonly ownerUid: number;
  readonly ownerGid: number;
  /** For log lines: "as nobody (65534)". */
  readonly description: string;
  invoke(file: string, args: readonly string[]): Invocation;
}

const NOBODY = 65_534;

/** The identity of this very process. */
export function selfIdentity(): ProcessIdentity {
  const ownerUid = process.getuid?.() ?? 0;
  const ownerGid = process.getgid?.() ?? 0;
  return {
    kind: 'self',
    ownerUid,
    ownerGid,
    description: `as this user (${ownerUid})`,
    invoke: (file, args) => ({ file, args }),
  };
}

/** Asked from `id`, not `/etc/passwd`, because accounts may live in a directory service. */
async function lookUpAccount(name: string): Promise<{ uid: number; gid: number } | null> {
  const [uid, gid] = await Promise.all([
    runCommand({ file: 'id', args: ['-u', name] }),
    runCommand({ file: 'id', args: ['-g', name] }),
  ]);
  if (!uid.ok || !gid.ok) return null;
  // macOS prints nobody's -2 as an unsigned number; spawn wants it signed.
  return { uid: Number(uid.output) | 0, gid: Number(gid.output) | 0 };
}

/** `postgres` where that account exists, else `nobody`. */
export async function unprivilegedIdentity(): Promise<ProcessIdentity> {
  for (const name of ['postgres', 'nobody']) {
    const account = await lookUpAccount(name);
    if (account !== null && account.uid !== 0) return accountIdentity(name, account.uid, account.gid);
  }
  return accountIdentity('nobody', NOBODY, NOBODY);
}

function accountIdentity(name: string, uid: number, gid: number): ProcessIdentity {
  return {
    kind: 'account',
    ownerUid: uid,
    ownerGid: gid,
    description: `as ${name} (${uid})`,
    invoke: (file, args) => ({ file, args, uid, gid }),
  };
}

async function findProgram(name: string, searchPath?: string): Promise<string | null> {
  for (const folder of searchFolders(searchPath)) {
    const file = join(folder, name);
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return null;
}

/**
 * Root outside, nobody inside: the kernel still treats file access as root-owned, so a 0700 home is no obstacle,
 * while Postgres sees an ordinary user. For the same reason the server's superuser can reach root's files, which is why
 * the account comes first. Null when the machine forbids user namespaces.
 */
async function namespaceIdentity(searchPath?: string): Promise<ProcessIdentity | null> {
  const unshare = await findProgram('unshare', searchPath);
  if (unshare === null) return null;
  const prefix = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'];
  const invoke = (file: string, args: readonly string[]): Invocation => ({
    file: unshare,
    args: [...prefix, file, ...args],
  });
  const works = await runCommand(invoke('/bin/sh', ['-c', 'test "$(id -u)" -ne 0']));
  if (!works.ok) return null;
  return { kind: 'namespace', ownerUid: 0, ownerGid: 0, description: 'as nobody in a user namespace', invoke };
}

async function canEnter(identity: ProcessIdentity, folder: string): Promise<boolean> {
  return (await runCommand(identity.invoke('/bin/sh', ['-c', 'test -x "$1"', 'sh', folder]))).ok;
}

async function firstClosedFolder(identity: ProcessIdentity, folder: string): Promise<string> {
  const chain: string[] = [];
  for (let at = folder; at !== dirname(at); at = dirname(at)) chain.unshift(at);
  for (const step of chain) if (!(await canEnter(identity, step))) return step;
  return folder;
}

/**
 * Picks who a service with its files below `folder` runs as. An ordinary user runs it as themselves. Root never does:
 * first the unprivileged account (tried for real, modes and ACLs alike), then a user namespace.
 * @throws LocalServiceError `DATA_DIR_UNREACHABLE` when root can use neither
 */
export async function chooseIdentity(folder: string, searchPath?: string): Promise<ProcessIdentity> {
  const self = selfIdentity();
  if (self.ownerUid !== 0) return self;
  const account = await unprivilegedIdentity();
  if (await canEnter(account, folder)) return account;
  const namespace = await namespaceIdentity(searchPath);
  if (namespace !== null && (await canEnter(namespace, folder))) return namespace;
  const closed = await firstClosedFolder(account, folder);
  throw new LocalServiceError(
    'DATA_DIR_UNREACHABLE',
    `started by root, the database must run ${account.description}, who may not enter ${closed}, and user namespaces are not available`,
    `Choose a data folder outside ${closed} (for instance /var/lib/hub), or allow passing through it with "chmod o+x ${closed}", or start as an ordinary user.`,
  );
}
