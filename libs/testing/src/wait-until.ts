import { type Client } from 'pg';

const SHORTEST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 125;

/**
 * Polls until `probe` answers something other than `null`/`undefined`/`false`; throws with `what` after the deadline.
 * The longer it takes the less often it looks: hundreds of waits at once would else keep the machine from what they wait for.
 */
export async function waitUntil<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const began = Date.now();
  for (;;) {
    const answer = await probe();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    const waited = Date.now() - began;
    if (waited > timeoutMs) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    const pause = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS + waited / 10);
    await new Promise((resolve) => setTimeout(resolve, pause));
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
