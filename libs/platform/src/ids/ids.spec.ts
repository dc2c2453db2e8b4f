import fc from 'fast-check';
import { TypeID } from 'typeid-js';
import { fromPublicId, newUuid, parsePublicId, toPublicId, uuidTimeMs } from './ids';

describe('public ids', () => {
  it('round-trip and sort by time', () => {
    const uuids = Array.from({ length: 50 }, newUuid);
    const ids = uuids.map((uuid) => toPublicId('event', uuid));
    expect([...ids].sort()).toEqual(ids);
    expect(ids.map((id) => fromPublicId('event', id))).toEqual(uuids);
  });

  it.each(['', 'evt_', 'evt_zzz', 'dlv_01h455vb4pex5vsknk084sn02q', 'evt_01h455vb4pex5vsknk084sn02', "evt_'; drop"])(
    'answers null for %p',
    (text) => expect(fromPublicId('event', text)).toBeNull(),
  );

  it('are TypeIDs of any UUID', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        expect(toPublicId('route', uuid)).toBe(TypeID.fromUUID('rte', uuid).toString());
      }),
    );
    expect(toPublicId('event', '00000000-0000-0000-0000-000000000000')).toBe('evt_00000000000000000000000000');
    expect(toPublicId('event', 'ffffffff-ffff-ffff-ffff-ffffffffffff')).toBe('evt_7zzzzzzzzzzzzzzzzzzzzzzzzz');
  });

  it.each([
    '',
    'x',
    '018f2d9a-9af4-7be6-9ed9-1cbb2d1c5b2',
    '018f2d9ag9af4-7be6-9ed9-1cbb2d1c5b2a',
    '018f2d9a-9af4-7be6-9ed9-1cbb2d1c5bég',
  ])('are made of nothing but UUIDs: %p', (text) => expect(() => toPublicId('event', text)).toThrow('not a UUID'));

  it('are of UUIDs of version 7 that never repeat, across refills of the random pool', () => {
    const uuids = Array.from({ length: 5_000 }, newUuid);
    expect(new Set(uuids).size).toBe(uuids.length);
    expect([...uuids].sort()).toEqual(uuids);
    expect(
      uuids.every((uuid) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid)),
    ).toBe(true);
  });

  it('tell when they were made', () => {
    expect(uuidTimeMs('019aa0f0-4c00-7000-8000-000000000000')).toBe(0x019aa0f04c00);
    expect(Math.abs(uuidTimeMs(newUuid()) - Date.now())).toBeLessThan(60_000);
  });

  it('recognises any kind', () => {
    const uuid = newUuid();
    expect(parsePublicId(toPublicId('delivery', uuid))).toEqual({ kind: 'delivery', uuid });
    expect(parsePublicId('INV-2041')).toBeNull();
  });
});
