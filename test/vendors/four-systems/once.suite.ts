import { waitUntil } from '@hub/testing';
import { type FourSystems } from '../../support/four-systems';
import { CustomerFlow } from './customer-flow';

/** However a write ends, the record is there once. Needs two workers. */
export function describeOnce(stage: () => FourSystems): void {
  describe('a record is written once by each of the four', () => {
    it('although the answers are lost after the work is done', async () => {
      const flows = CustomerFlow.each(stage());
      await Promise.all(
        flows.map(async (flow) => {
          await flow.fault({ type: 'drop_after_commit' });
          const events = await flow.expectOnce(await flow.send(3));
          expect(events.some(({ deliveries }) => (deliveries[0]?.attempts ?? 0) > 1)).toBe(true);
        }),
      );
    }, 90_000);

    it('although every worker is killed while the vendors are at work', async () => {
      const { hub } = stage();
      const flows = CustomerFlow.each(stage());
      const sent = await Promise.all(
        flows.map(async (flow) => {
          await flow.fault({ type: 'hang', after_commit: true });
          return flow.send(3);
        }),
      );
      for (const flow of flows) {
        await waitUntil(`${flow.vendor} to have done the work`, async () => (await flow.arrived()).length > 0, 20_000);
      }
      await Promise.all(hub.workers.map((worker) => worker.kill()));
      await Promise.all(hub.workers.map((worker) => worker.start()));
      await Promise.all(flows.map((flow, index) => flow.expectOnce(sent[index] ?? [])));
    }, 120_000);
  });
}
