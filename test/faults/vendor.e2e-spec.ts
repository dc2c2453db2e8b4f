import { faultRow } from './fault-row';
import { faultStage, type FaultStage } from './fault-stage';

/** Fewer than a delivery has attempts: however small the batches are, none can meet all of them. */
const CUTS = 2;

describe('a Salesforce that does the work and then breaks the line', () => {
  let stage: FaultStage;
  beforeAll(async () => {
    stage = await faultStage({ queue: 'redis' });
  }, 120_000);
  afterAll(() => stage?.hub.stop());

  faultRow('the answer to a bulk write is cut', 'each record is there once', async (told) => {
    const { hub } = stage;
    for (const fault of ['drop_after_commit', 'truncate']) {
      const rule = { match: { path: '/composite/sobjects' }, times: CUTS, action: { type: fault } };
      await hub.sandbox.salesforce('POST', 'faults', { rules: [rule] });
      const run = await stage.begin({ count: 500 });
      await run.expectNothingLost();
      expect(await hub.sandbox.calls({ fault })).toHaveLength(CUTS);
      await hub.sandbox.salesforce('DELETE', 'faults');
    }
    told.note(`${2 * CUTS} answers cut`);
  });
});
