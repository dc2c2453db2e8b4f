import { readPosition, writePosition, type TailPosition } from './tail-position';

const EDGE = { tx: 8_123, at: 1_763_740_000_000 };
const TO = { tx: 8_130, at: 1_763_740_001_000 };

describe('a position in the tail', () => {
  it.each<[string, TailPosition]>([
    ['at an edge', { edge: EDGE, partly: null }],
    ['between two', { edge: EDGE, partly: { to: TO, id: '019a0000-0000-7000-8000-000000000001' } }],
  ])('%s is read as it was written', (_where, position) => {
    expect(readPosition(writePosition(position))).toEqual(position);
  });

  it.each(['', '1', '8123.1763740000000-', '8123.1763740000000 ', "1.1763740000000-'", 'x.1763740000000', '1.2'])(
    'is not %j',
    (text) => {
      expect(readPosition(text)).toBeNull();
    },
  );
});
