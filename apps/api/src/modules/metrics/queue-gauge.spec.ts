import { type DrainBell } from '@hub/platform';
import { Registry } from 'prom-client';
import { tellWhetherQueueIsUp } from './queue-gauge';

describe('hub_queue_up', () => {
  let answer: () => Promise<boolean>;
  const registry = new Registry();
  tellWhetherQueueIsUp(registry, { isReachable: () => answer() } as unknown as DrainBell);
  const told = async (): Promise<unknown> =>
    (await registry.getMetricsAsJSON()).map(({ values }) => values.map(({ value }) => value));

  it('says what the queue answers at that moment', async () => {
    answer = () => Promise.resolve(true);
    expect(await told()).toEqual([[1]]);
    answer = () => Promise.resolve(false);
    expect(await told()).toEqual([[0]]);
    answer = () => Promise.reject(new Error('gone'));
    expect(await told()).toEqual([[0]]);
  });

  it('does not wait for a queue that does not answer', async () => {
    jest.useFakeTimers();
    answer = () => new Promise(() => undefined);
    const page = told();
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await page).toEqual([[0]]);
    jest.useRealTimers();
  });
});
