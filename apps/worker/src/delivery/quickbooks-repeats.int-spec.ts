import { QuickBooksStage } from './fixtures/quickbooks-stage';

/** However a document comes to be sent again, it is in the books once. */
describe('a QuickBooks invoice whose answer was lost', () => {
  const stage = QuickBooksStage.open();

  // How long Intuit remembers a request is not documented: nothing but the hub's own look-up protects here.
  beforeEach(() => stage.control('POST', 'settings', { request_id_ttl_ms: 0 }));

  const cutWrites = (): Promise<unknown> =>
    stage.control('POST', 'faults', {
      match: { method: 'POST', path: '/(batch|invoice)\\?' },
      action: { type: 'drop_after_commit' },
    });
  const mend = (): Promise<unknown> => stage.control('DELETE', 'faults');
  const statuses = async (): Promise<string[]> => (await stage.deliveries()).map(({ status }) => status);
  const expectOnceEach = async (count: number): Promise<void> => {
    const books = await stage.books();
    expect(new Set(books).size).toBe(count);
    expect(books).toHaveLength(count);
  };
  /** Two that were written, and of which the hub knows nothing but that they have failed. */
  const makeDead = async (): Promise<void> => {
    await cutWrites();
    await stage.invoices(2);
    for (let turn = 0; turn < 5 && (await statuses()).some((status) => status !== 'dead'); turn++) {
      await stage.drain();
      await stage.makeDue();
    }
    expect(await statuses()).toEqual(['dead', 'dead']);
    await expectOnceEach(2);
    await mend();
  };

  it('is not made again by a retry of the dead delivery, in the company of a new one', async () => {
    await makeDead();
    await stage.retryAll();
    await stage.invoices(1);
    await stage.drain();
    expect(await statuses()).toEqual(Array(3).fill('succeeded'));
    await expectOnceEach(3);
  });

  it('is not made again by a replay', async () => {
    await makeDead();
    await stage.replayAll();
    await stage.invoices(1);
    await stage.drain();
    expect((await statuses()).sort()).toEqual(['dead', 'dead', ...Array<string>(3).fill('succeeded')]);
    await expectOnceEach(3);
  });

  it('is not made again after it was the probe of an open breaker', async () => {
    await cutWrites();
    await stage.invoices(1);
    await stage.sql(`update connection_runtime set breaker_state = 'open', consecutive_failures = 5`);
    await stage.drain();
    expect(await stage.deliveries()).toMatchObject([{ status: 'pending', attempts: 0 }]);
    await expectOnceEach(1);
    await mend();
    await stage.makeDue();
    await stage.drain();
    expect(await stage.deliveries()).toMatchObject([{ status: 'succeeded', attempts: 1 }]);
    await expectOnceEach(1);
  });
});
