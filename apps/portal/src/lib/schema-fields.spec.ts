import { faultsBelow, fieldsOf } from './schema-fields';

const schema = {
  type: 'object',
  required: ['endpoint'],
  properties: {
    auth: { type: 'string', enum: ['basic', 'digest'], default: 'digest', title: 'Sign-in' },
    password: { type: 'string', format: 'password', writeOnly: true },
    certificate: { type: 'string', writeOnly: true, pattern: '^-----BEGIN CERTIFICATE-----' },
    timeout_ms: { type: 'integer', minimum: 1, maximum: 9 },
    check: { type: 'boolean', default: false },
    headers: { type: 'object', additionalProperties: { type: 'string' } },
    endpoint: { type: 'string', title: 'Address' },
  },
};

describe('fields of a form from a JSON Schema', () => {
  it('are as the schema says, those needed first', () => {
    expect(fieldsOf(schema).map(({ name, kind }) => `${name}: ${kind}`)).toEqual([
      'endpoint: text',
      'auth: choice',
      'password: secret',
      'certificate: long',
      'timeout_ms: number',
      'check: flag',
      'headers: json',
    ]);
    expect(fieldsOf(schema)[1]).toMatchObject({
      title: 'Sign-in',
      choices: ['basic', 'digest'],
      placeholder: 'digest',
    });
    expect(fieldsOf(schema)[4]).toMatchObject({ title: 'timeout ms', minimum: 1, maximum: 9 });
  });

  it('have none where there is nothing to fill in', () => expect(fieldsOf({ type: 'object' })).toEqual([]));
});

it('faults find their fields', () => {
  const faults = [
    { pointer: '/config/headers/x', message: 'bad' },
    { pointer: '/config/a~1b', message: 'worse' },
    { pointer: '/name', message: 'elsewhere' },
  ];
  expect(faultsBelow(faults, '/config')).toEqual({ headers: 'bad', 'a/b': 'worse' });
});
