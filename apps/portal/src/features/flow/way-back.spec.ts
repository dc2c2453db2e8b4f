import { wayBack } from './way-back';

describe('a way back', () => {
  it('goes round below the boxes', () => {
    const { path, label } = wayBack({ x: 500, y: 40 }, { x: 100, y: 160 }, 300, true);
    expect(path.startsWith('M 500,40 L 511,40 Q 522,40 522,52')).toBe(true);
    expect(path.endsWith('L 100,160')).toBe(true);
    expect(label).toEqual({ x: 300, y: 300 });
  });

  it('goes round beside the boxes where the picture goes down', () => {
    const { path, label } = wayBack({ x: 40, y: 500 }, { x: 160, y: 100 }, 300, false);
    expect(path.startsWith('M 40,500 L 40,511 Q 40,522 52,522')).toBe(true);
    expect(label).toEqual({ x: 300, y: 300 });
  });
});
