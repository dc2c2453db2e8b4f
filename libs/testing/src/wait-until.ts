import { type Client } from 'pg';

/** Polls until `probe` answers something other than `null`/`undefined`/`false`; throws with `what` after the deadline. */
export async function waitUntil<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Until somebody waits for what the client's transaction holds. */
export async function waitUntilWaitedFor(client: Client): Promise<void> {
  await waitUntil('somebody to wait for the lock', async () => {
    const { rows } = await client.query(
      `select 1 from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`,
    );
    return rows.length > 0;
  });
}
