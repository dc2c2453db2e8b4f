import { QuickBooksStage } from './fixtures/quickbooks-stage';

describe('a QuickBooks company that takes no writes', () => {
  const stage = QuickBooksStage.open();

  it('keeps its backlog waiting, none of it dead, and gets all of it once it does', async () => {
    await stage.control('POST', 'settings', { realm: 'acme', subscription: 'suspended' });
    await stage.invoices(3);
    for (let turn = 0; turn < 4; turn++) {
      await stage.makeDue();
      await stage.drain();
    }
    expect(await stage.deliveries()).toMatchObject(Array(3).fill({ status: 'pending', attempts: 0 }));
    expect(await stage.connectionRuntime()).toMatchObject({ resume_reason: 'misconfigured' });
    await stage.control('POST', 'settings', { realm: 'acme', subscription: 'active' });
    await stage.makeDue();
    await stage.drain();
    expect((await stage.deliveries()).map(({ status }) => status)).toEqual(Array(3).fill('succeeded'));
    expect(await stage.books()).toHaveLength(3);
  });
});
