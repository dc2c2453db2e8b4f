import { Registry } from 'prom-client';
import { tellWhetherDatabaseIsUp } from './database-gauge';

describe('hub_database_up', () => {
  const up = (): Promise<never[]> => Promise.resolve([]);
  const down = (): Promise<never> => Promise.reject(new Error('gone'));
  let [reads, accepts]: (() => Promise<never[]>)[] = [up, up];
  const registry = new Registry();
  tellWhetherDatabaseIsUp(registry, [{ query: () => reads?.() }, { query: () => accepts?.() }] as never);
  const told = async (): Promise<unknown> =>
    (await registry.getMetricsAsJSON()).map(({ values }) => values.map(({ value }) => value));

  it('is 1 only while each of the logins is answered', async () => {
    expect(await told()).toEqual([[1]]);
    accepts = down;
    expect(await told()).toEqual([[0]]);
    [reads, accepts] = [down, up];
    expect(await told()).toEqual([[0]]);
    [reads, accepts] = [up, up];
    expect(await told()).toEqual([[1]]);
  });

  it('does not wait for a database that does not answer', async () => {
    jest.useFakeTimers();
    reads = () => new Promise(() => undefined);
    const page = told();
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await page).toEqual([[0]]);
    jest.useRealTimers();
  });
});
