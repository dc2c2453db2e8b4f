import { waitUntil } from '@hub/testing';
import { type StagedHub } from '../support/staged-hub';
import { type Run } from './fault-stage';

/**
 * Waits until events are accepted and deliveries arrive again, from now on. Of a load that is over, all has been accepted.
 * @returns seconds that it took
 */
export async function worksAgain(hub: StagedHub, run: Run, within: number, more = 20): Promise<number> {
  const since = Date.now();
  const accepted = run.load.acknowledged.size;
  const arrived = (await hub.sandbox.sink(run.sink, 1)).accepted;
  let isOver = false;
  void run.load.finished.then(
    () => (isOver = true),
    () => undefined,
  );
  await waitUntil(
    'events to be accepted and delivered again',
    async () =>
      (isOver || run.load.acknowledged.size >= accepted + more) &&
      (await hub.sandbox.sink(run.sink, 1)).accepted >= arrived + more,
    within,
  );
  return (Date.now() - since) / 1_000;
}
