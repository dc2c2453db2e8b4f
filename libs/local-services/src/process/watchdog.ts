import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { CHILD_ENVIRONMENT, CHILD_FOLDER } from './run-command';

export interface Watchdog {
  /** Names the process to stop when this one dies. */
  watch(pid: number): void;
  /** The watched process has ended: the number may be reused, so it must not be signalled any more. */
  release(): void;
}

/**
 * Blocks on a pipe that only this process holds open; the kernel closes it whatever way the process dies, `kill -9`
 * included. Arguments: first signal, second signal, seconds between them.
 */
const SCRIPT = `
trap '' INT TERM HUP
read -r pid || exit 0
read -r done && exit 0
kill -s "$1" "$pid" 2>/dev/null || exit 0
waited=0
while [ "$waited" -lt "$3" ] && kill -0 "$pid" 2>/dev/null; do sleep 1; waited=$((waited + 1)); done
kill -s "$2" "$pid" 2>/dev/null
exit 0
`;

/**
 * Starts the watcher before the service, so that the time in which a killed starter leaves an orphan is the few
 * microseconds between spawning and naming it (and the next start clears even that up).
 * `PR_SET_PDEATHSIG` was ruled out: Linux only, and tied to the spawning thread.
 */
export function startWatchdog(
  softSignal: NodeJS.Signals,
  hardSignal: NodeJS.Signals,
  graceSeconds: number,
  onLost: () => void,
): Watchdog {
  const signalName = (signal: NodeJS.Signals) => signal.slice(3);
  // Its own session: a Ctrl-C in the terminal must reach the hub, which stops things in order, not the watcher.
  const child = spawn(
    '/bin/sh',
    ['-c', SCRIPT, 'hub-watchdog', signalName(softSignal), signalName(hardSignal), String(graceSeconds)],
    { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: CHILD_FOLDER, env: CHILD_ENVIRONMENT },
  );
  let isReleased = false;
  const reportLoss = () => {
    if (!isReleased) onLost();
  };
  child.once('error', reportLoss);
  child.once('exit', reportLoss);
  // Writing to a watcher that has just ended is already reported by `exit`.
  child.stdin.on('error', () => undefined);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return {
    watch: (pid) => void child.stdin.write(`${pid}\n`),
    release: () => {
      if (isReleased) return;
      isReleased = true;
      child.stdin.end('done\n');
    },
  };
}
