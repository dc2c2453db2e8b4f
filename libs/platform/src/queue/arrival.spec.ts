import { Arrival } from './arrival';

describe('an arrival', () => {
  it('is there for whoever waited, and for whoever comes after it', async () => {
    const arrival = new Arrival<{ name: string }>();
    const waited = arrival.within(60_000);
    const guest = { name: 'a' };
    arrival.come(guest);
    expect(await waited).toBe(guest);
    expect(await arrival.within(0)).toBe(guest);
    const told: unknown[] = [];
    arrival.onceHere((value) => told.push(value));
    expect(told).toEqual([guest]);
    expect(() => arrival.come({ name: 'b' })).toThrow('come before');
  });

  it('is nothing to whoever gave up before it', async () => {
    const arrival = new Arrival();
    const told: unknown[] = [];
    const forget = arrival.onceHere((value) => told.push(value));
    expect(await arrival.within(1)).toBeNull();
    forget();
    arrival.come({});
    expect(told).toEqual([]);
  });
});
