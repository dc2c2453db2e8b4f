import { type JsonObject } from '@hub/platform';
import { type Connector } from './connector';
import { compileSchema, validateConnection } from './config-validation';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  properties: {
    url: { type: 'string', format: 'uri' },
    mode: { enum: ['a', 'b'] },
    headers: { type: 'object', propertyNames: { pattern: '^[a-z-]+$' }, additionalProperties: { type: 'string' } },
    'a/b~c': { type: 'integer' },
  },
} as const satisfies JsonObject;

describe('compileSchema', () => {
  it('accepts what fits', () => {
    expect(compileSchema(schema)({ url: 'https://x', mode: 'a' })).toEqual([]);
  });

  it.each<[unknown, string, string]>([
    [{}, '/url', 'required'],
    [{ url: 'https://x', extra: 1 }, '/extra', 'unknown_member'],
    [{ url: 'https://x', 'e/x~tra': 1 }, '/e~1x~0tra', 'unknown_member'],
    [{ url: 'not a url' }, '/url', 'format'],
    [{ url: 'https://x', mode: 'c' }, '/mode', 'enum'],
    [{ url: 'https://x', 'a/b~c': 'x' }, '/a~1b~0c', 'type'],
    ['text', '', 'type'],
  ])('names place and reason for %j', (value, pointer, code) => {
    expect(compileSchema(schema)(value)).toEqual([{ pointer, code, message: expect.any(String) }]);
  });

  it('names a member name that cannot be used', () => {
    const problems = compileSchema(schema)({ url: 'https://x', headers: { 'A B': 'x' } });
    expect(problems).toContainEqual(expect.objectContaining({ pointer: '/headers/A B', code: 'member_name' }));
  });

  it('reports everything at once and repeats no value', () => {
    const problems = compileSchema(schema)({ url: 'hunter2', mode: 'hunter2' });
    expect(problems).toHaveLength(2);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('throws for a schema with a misspelt keyword', () => {
    expect(() => compileSchema({ type: 'object', propertys: {} })).toThrow('unknown keyword');
  });
});

describe('validateConnection', () => {
  const check = jest.fn(() => [{ pointer: '/config/url', code: 'template', message: 'm' }]);
  const connector = {
    manifest: { configSchema: schema, credentialsSchema: { type: 'object', additionalProperties: false } },
    checkConnection: check,
  } as unknown as Connector;

  it('checks both parts, and asks the connector only once their shapes are right', () => {
    const problems = validateConnection(connector, { config: {}, credentials: { token: 'x' } });
    expect(problems.map(({ pointer }) => pointer)).toEqual(['/config/url', '/credentials/token']);
    expect(check).not.toHaveBeenCalled();
    expect(validateConnection(connector, { config: { url: 'https://x' }, credentials: {} })).toEqual([
      { pointer: '/config/url', code: 'template', message: 'm' },
    ]);
  });
});
