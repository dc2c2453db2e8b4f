import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { DataKey } from '@hub/platform';
import { filterOf, mayHold, probesOf } from './bloom-filter';
import { dayPrefixOf, objectKeyOf, openObject, sealObject } from './sealed-object';

const key = (): DataKey => new DataKey(randomBytes(32), 1);
const place = { tenantId: '01890000-0000-7000-8000-000000000001', kind: 'events', day: '2026-11-09' } as const;

describe('a filter', () => {
  it('holds all that was put in, and next to nothing else', () => {
    const secret = randomBytes(32);
    const inside = Array.from({ length: 5_000 }, (_unused, index) => `in-${index}`);
    const filter = filterOf(secret, new Set(inside));
    expect(inside.every((entry) => mayHold(filter, probesOf(secret, entry)))).toBe(true);
    const strangers = Array.from({ length: 20_000 }, (_unused, index) => `out-${index}`);
    const wrong = strangers.filter((entry) => mayHold(filter, probesOf(secret, entry))).length;
    expect(wrong).toBeLessThan(100);
  });

  it('tells nothing without its key', () => {
    const filter = filterOf(randomBytes(32), new Set(['known']));
    const guesses = Array.from({ length: 200 }, () => mayHold(filter, probesOf(randomBytes(32), 'known')));
    expect(guesses.filter(Boolean).length).toBeLessThan(5);
  });

  it('has probes that PostgreSQL can count with', () => {
    fc.assert(
      fc.property(fc.string(), (entry) =>
        probesOf(Buffer.alloc(32, 7), entry).every((probe) => probe >= 0n && probe < 1n << 63n),
      ),
    );
  });
});

describe('a sealed object', () => {
  it('opens in its place with its key, and nowhere else', async () => {
    const [own, other] = [key(), key()];
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
        const lines = Buffer.from(bytes);
        const sealed = await sealObject(own, 'a/b', lines);
        expect(await openObject(own, 'a/b', sealed)).toEqual(lines);
        expect(await openObject(own, 'a/c', sealed)).toBeNull();
        expect(await openObject(other, 'a/b', sealed)).toBeNull();
      }),
      { numRuns: 25 },
    );
  });

  it('opens no more when any of its bytes was changed', async () => {
    const own = key();
    const sealed = await sealObject(own, 'a/b', Buffer.from('{"n":1}\n'));
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(await openObject(own, 'a/b', changed)).toBeNull();
    }
    expect(await openObject(own, 'a/b', sealed.subarray(0, 20))).toBeNull();
  });

  it('has the same name for the same rows, and another for others or under another key', () => {
    const own = key();
    const nameOf = (dataKey: DataKey, text: string): string => objectKeyOf(dataKey, place, 'first', Buffer.from(text));
    expect(nameOf(own, 'a')).toBe(nameOf(own, 'a'));
    expect(nameOf(own, 'a')).not.toBe(nameOf(own, 'b'));
    expect(nameOf(own, 'a')).not.toBe(nameOf(key(), 'a'));
    expect(nameOf(own, 'a').startsWith(dayPrefixOf(place.tenantId, place.day))).toBe(true);
  });
});
