import { allAnswer } from './all-answer';

describe('whether the logins are answered', () => {
  const up = { query: () => Promise.resolve([]) };
  const down = { query: () => Promise.reject(new Error('as the test wants')) };
  const silent = { query: () => new Promise<never>(() => undefined) };
  afterEach(() => jest.useRealTimers());

  it('is so only while each of them is', async () => {
    expect(await allAnswer([up, up])).toBe(true);
    expect(await allAnswer([up, down])).toBe(false);
    expect(await allAnswer([down, up])).toBe(false);
  });

  it('is not waited for longer than two seconds', async () => {
    jest.useFakeTimers();
    let told: boolean | null = null;
    void allAnswer([up, silent]).then((answer) => (told = answer));
    await jest.advanceTimersByTimeAsync(1_999);
    expect(told).toBeNull();
    await jest.advanceTimersByTimeAsync(1);
    expect(told).toBe(false);
  });
});
