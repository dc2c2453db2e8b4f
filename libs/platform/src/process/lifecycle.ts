/** Runs `stop` once on SIGTERM or SIGINT and exits; a second signal, or the end of the grace, exits at once. */
export function onStopSignal(stop: () => Promise<void>, graceMs: number): void {
  let stopping = false;
  const handle = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), graceMs).unref();
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', handle);
  process.on('SIGINT', handle);
}

/** Stops when stdin closes: the parent held its other end, and is gone. */
export function exitWithParent(): void {
  process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.on('error', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.resume();
}
