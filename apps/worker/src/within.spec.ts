import { within } from './within';

describe('within', () => {
  it('waits for the work, and no longer than it may', async () => {
    let done = false;
    await within(
      new Promise((resolve) => setTimeout(resolve, 5)).then(() => (done = true)),
      10_000,
    );
    expect(done).toBe(true);
    await within(new Promise(() => undefined), 5);
  });

  it('hands on a failure', async () => {
    await expect(within(Promise.reject(new Error('as the test wants')), 10_000)).rejects.toThrow('as the test wants');
  });
});
