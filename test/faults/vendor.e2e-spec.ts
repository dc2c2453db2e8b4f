import { faultStage, type FaultStage } from './fault-stage';

describe('a Salesforce that does the work and then breaks the line', () => {
  let stage: FaultStage;
  beforeAll(async () => {
    stage = await faultStage({ queue: 'redis' });
  }, 120_000);
  afterAll(() => stage?.hub.stop());

  it('has each record once', async () => {
    const { hub } = stage;
    const match = { path: '/composite/sobjects' };
    await hub.sandbox.salesforce('POST', 'faults', {
      rules: [
        { match, times: 3, action: { type: 'drop_after_commit' } },
        { match, after: 1, times: 1, action: { type: 'truncate' } },
      ],
    });
    const run = await stage.begin({ count: 1_000 });
    await run.expectNothingLost();
    const broken = await hub.sandbox.calls({ fault: 'drop_after_commit' });
    expect(broken).toHaveLength(3);
    await hub.sandbox.salesforce('DELETE', 'faults');
  }, 120_000);
});
