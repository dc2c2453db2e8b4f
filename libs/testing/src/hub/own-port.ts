import { findFreePort } from '@hub/local-services';

/** Above the ports of hubs that tests launch, and below those that systems give to whoever asks for any. */
const FIRST = 27_100;
const EACH = 500;
const WORKERS = 10;

let last = Math.floor(Math.random() * EACH);

/**
 * A free port that no other suite is given, also while the program on it is down for a while: it will be started again under
 * the same address.
 */
export async function ownPort(): Promise<number> {
  const worker = Number(process.env['JEST_WORKER_ID'] ?? 1);
  const first = FIRST + (worker % WORKERS) * EACH;
  for (let tries = 0; tries < EACH; tries++) {
    last = (last + 1) % EACH;
    const port = first + last;
    if ((await findFreePort(port)) === port) return port;
  }
  throw new Error('none of the ports of this worker is free');
}
