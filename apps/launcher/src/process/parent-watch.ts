import { readFileSync } from 'node:fs';
import { environment } from '@hub/platform';

const INTERVAL_MS = 500;

/**
 * Tells when the `npm` that started this process has gone. npm runs scripts through a shell, and a signal sent to npm alone ends
 * npm and the shell but never comes here: without this, `kill <npm>` would leave a whole hub behind.
 * Started in any other way, a process may well outlive its parent (`nohup`, a service manager), so then nothing is watched.
 */
export function watchNpm(onLost: () => void): void {
  if (environment()['npm_lifecycle_event'] === undefined) return;
  const ancestors = readAncestors();
  const timer = setInterval(() => {
    if (readAncestors() === ancestors) return;
    clearInterval(timer);
    onLost();
  }, INTERVAL_MS);
}

/** Parent and, where the system tells it for nothing, the parent's parent: the shell outlives an npm that was killed. */
function readAncestors(): string {
  const parent = process.ppid;
  try {
    const stat = readFileSync(`/proc/${parent}/stat`, 'utf8');
    // `pid (name) state ppid …`: the name may hold spaces and brackets itself.
    const grandparent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    return `${parent}/${grandparent}`;
  } catch {
    return `${parent}`;
  }
}
