import { waitUntil } from '@hub/testing';
import { type FourSystems, VENDORS } from '../../support/four-systems';
import { CustomerFlow } from './customer-flow';

/** However a write ends, the record is there once. Needs two workers. */
export function describeOnce(stage: () => FourSystems): void {
  describe('a record is written once by each of the four, however it is signed in to', () => {
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

    it('although each answer comes twice', async () => {
      await Promise.all(
        CustomerFlow.each(stage()).map(async (flow) => {
          await flow.fault({ type: 'duplicate_response' }, 3);
          const events = await flow.expectOnce(await flow.send(5));
          const deliveries = events.map((event) => event.deliveries[0]);
          // Nor is one record's answer taken for another's.
          expect(new Set(deliveries.map((delivery) => delivery?.external_id)).size).toBe(5);
          expect(deliveries.map((delivery) => delivery?.attempts)).toEqual([1, 1, 1, 1, 1]);
        }),
      );
      const faults = await Promise.all(
        VENDORS.map((vendor) => stage().control<{ faults: { fired: number }[] }>(vendor, 'GET', 'faults')),
      );
      expect(faults.filter(({ faults: rules }) => rules.at(-1)?.fired === 0)).toEqual([]);
      // A batch is one call: what is left of the rules would come before those of the next test.
      for (const vendor of VENDORS) await stage().control(vendor, 'DELETE', 'faults');
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
        await waitUntil(`${flow.way} to have done the work`, async () => (await flow.arrived()).length > 0, 20_000);
      }
      await Promise.all(hub.workers.map((worker) => worker.kill()));
      await Promise.all(hub.workers.map((worker) => worker.start()));
      await Promise.all(flows.map((flow, index) => flow.expectOnce(sent[index] ?? [])));
    }, 120_000);
  });
}
