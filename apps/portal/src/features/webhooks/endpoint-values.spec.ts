import { badHeaderOf, bodyOf, NEW_ENDPOINT, typeChoices } from './endpoint-values';

const entered = {
  ...NEW_ENDPOINT,
  url: ' https://example.com/hook ',
  headers: 'Authorization: Bearer a:b\n\n x-key:1 ',
};

describe('what is sent of an endpoint', () => {
  it('has its headers by name, whatever is in their values', () => {
    expect(bodyOf(entered)).toEqual({
      url: 'https://example.com/hook',
      description: '',
      event_types: ['*'],
      connection_ids: null,
      headers: { Authorization: 'Bearer a:b', 'x-key': '1' },
      enabled: true,
    });
  });

  it('leaves headers as they are, or takes them away', () => {
    expect(bodyOf({ ...entered, headers: ' \n' })).not.toHaveProperty('headers');
    expect(bodyOf({ ...entered, dropHeaders: true }).headers).toEqual({});
  });

  it('does not take up again what the hub has switched off', () => {
    expect(bodyOf({ ...entered, enabled: false }, false)).not.toHaveProperty('enabled');
    expect(bodyOf({ ...entered, enabled: true }, false)).toMatchObject({ enabled: true });
  });
});

it('names the first line that is no header', () => {
  expect(badHeaderOf('x-a: 1\nnonsense')).toBe('nonsense');
  expect(badHeaderOf('two words: 1')).toBe('two words: 1');
  expect(badHeaderOf(entered.headers)).toBeNull();
});

it('offers everything, families and types', () => {
  const types = [{ type: 'delivery.dead' }, { type: 'connection.failed' }, { type: 'delivery.succeeded' }];
  const names = { all: 'All', family: (family: string) => `All ${family}` };
  const values = typeChoices(types, names).map(({ group, items }) => [group, ...items.map(({ value }) => value)]);
  expect(values).toEqual([
    ['All', '*'],
    ['delivery', 'delivery.*', 'delivery.dead', 'delivery.succeeded'],
    ['connection', 'connection.*', 'connection.failed'],
  ]);
});
