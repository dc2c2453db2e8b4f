import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type ChildSettings } from '../protocol';

/**
 * The child's entry file. Compiled code finds its neighbour; under Jest this file is TypeScript, and the child, a process
 * of its own without a transpiler, runs the last build.
 * @throws Error when there is no build.
 */
export function childEntry(): string {
  const source = __dirname;
  const entry = __filename.endsWith('.ts')
    ? path.join(path.resolve(source, '../../../../..'), 'dist/libs/mapping/engine/src/child/mapping-child.js')
    : path.join(source, '../child/mapping-child.js');
  if (!fs.existsSync(entry))
    throw new Error(
      `The mapping engine's child process is not built (${path.basename(entry)}): run npm run build first`,
    );
  return fs.realpathSync(entry);
}

/** Node 20 knows the permission model by its experimental name alone; later versions by the plain one. */
function permissionFlags(entry: string): string[] {
  const known = ['--permission', '--experimental-permission'].find((flag) =>
    process.allowedNodeEnvironmentFlags.has(flag),
  );
  if (known === undefined) return [];
  const engineFolder = path.resolve(path.dirname(entry), '..');
  const readable = [engineFolder, modulesFolder()].map((folder) => `--allow-fs-read=${path.join(folder, '*')}`);
  // The watchdog is a worker thread.
  return [known, '--allow-worker', ...readable];
}

function modulesFolder(): string {
  const found = fs.realpathSync(require.resolve('jsonata'));
  const marker = `${path.sep}node_modules${path.sep}`;
  return found.slice(0, found.lastIndexOf(marker) + marker.length - 1);
}

/** Guards that the runtime itself offers. A wall of its own each; none replaces the deadline of the parent. */
function nodeFlags(entry: string, heapMb: number): string[] {
  return [
    `--max-old-space-size=${heapMb}`,
    '--disallow-code-generation-from-strings',
    // No expression can change what the next one finds: prototypes cannot be written to, `__proto__` does not exist.
    '--frozen-intrinsics',
    '--disable-proto=delete',
    '--no-warnings',
    ...permissionFlags(entry),
  ];
}

/** Starts a child with an empty environment (local time is UTC), no inherited handle besides the two pipes. */
export function launchChild(entry: string, heapMb: number, settings: ChildSettings): ChildProcess {
  return spawn(process.execPath, [...nodeFlags(entry, heapMb), entry, JSON.stringify(settings)], {
    env: { TZ: 'UTC' },
    cwd: path.parse(entry).root,
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
}
