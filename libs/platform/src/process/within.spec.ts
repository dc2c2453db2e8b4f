import { within } from './within';

describe('within', () => {
  it('waits for the work, and no longer than it may', async () => {
    expect(await within(new Promise((resolve) => setTimeout(() => resolve('done'), 5)), 10_000)).toBe('done');
    expect(await within(new Promise(() => undefined), 5)).toBeNull();
  });

  it('hands on a failure', async () => {
    await expect(within(Promise.reject(new Error('as the test wants')), 10_000)).rejects.toThrow('as the test wants');
  });

  it('swallows a failure that comes too late', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    let fail: (error: Error) => void = () => undefined;
    expect(await within(new Promise((_resolve, reject) => (fail = reject)), 5)).toBeNull();
    fail(new Error('as the test wants'));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
