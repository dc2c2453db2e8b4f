import { type Connector } from './connector';
import { createRegistry } from './registry';

const connector = (id: string): Connector => ({ manifest: { id } }) as unknown as Connector;

describe('createRegistry', () => {
  it('finds by id and lists in order', () => {
    const [a, b] = [connector('a'), connector('b')];
    const registry = createRegistry([b, a]);
    expect(registry.get('a')).toBe(a);
    expect(registry.get('toString')).toBeUndefined();
    expect(registry.list()).toEqual([b, a]);
  });

  it('throws for a duplicate id', () => {
    expect(() => createRegistry([connector('a'), connector('a')])).toThrow('Two connectors');
  });
});
