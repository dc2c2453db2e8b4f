import { describeChanges } from './openapi-changes';

const base = {
  paths: { '/v1/a': { get: { parameters: [{ name: 'q', in: 'query' }], responses: { 200: {}, 404: {} } } } },
  components: {
    schemas: {
      A: {
        type: 'object',
        required: ['x'],
        properties: { x: { type: 'string' }, y: { type: 'string', enum: ['one', 'two'] } },
      },
    },
  },
};
const changed = (change: (copy: typeof base) => void): ReturnType<typeof describeChanges> => {
  const copy = structuredClone(base);
  change(copy);
  return describeChanges(base, copy);
};

describe('OpenAPI changes', () => {
  it('finds none between equals', () => expect(changed(() => undefined)).toEqual([]));

  // Paths into a document of unknown shape.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  it.each<[string, (copy: any) => void]>([
    ['an operation that is gone', (copy) => delete copy.paths['/v1/a'].get],
    ['a path that is gone', (copy) => delete copy.paths['/v1/a']],
    ['an answer that is gone', (copy) => delete copy.paths['/v1/a'].get.responses['404']],
    ['a parameter that is needed now', (copy) => (copy.paths['/v1/a'].get.parameters[0].required = true)],
    [
      'a new parameter that is needed',
      (copy) => copy.paths['/v1/a'].get.parameters.push({ name: 'z', in: 'query', required: true }),
    ],
    ['a property that is gone', (copy) => delete copy.components.schemas.A.properties.x],
    ['another type', (copy) => (copy.components.schemas.A.properties.x.type = 'integer')],
    ['a value that is gone', (copy) => (copy.components.schemas.A.properties.y.enum = ['one'])],
    ['a property that is required now', (copy) => copy.components.schemas.A.required.push('y')],
  ])('calls %s breaking', (_what, change) => expect(changed(change).some((item) => item.breaking)).toBe(true));

  it('does not call what is new breaking', () => {
    const changes = changed((copy) => {
      Object.assign(copy.paths, { '/v1/b': { get: {} } });
      Object.assign(copy.components.schemas.A.properties, { z: { type: 'string' } });
    });
    expect(changes).toHaveLength(2);
    expect(changes.some((change) => change.breaking)).toBe(false);
  });
});
