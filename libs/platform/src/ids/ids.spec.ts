import { fromPublicId, newUuid, parsePublicId, toPublicId } from './ids';

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

  it('recognises any kind', () => {
    const uuid = newUuid();
    expect(parsePublicId(toPublicId('delivery', uuid))).toEqual({ kind: 'delivery', uuid });
    expect(parsePublicId('INV-2041')).toBeNull();
  });
});
