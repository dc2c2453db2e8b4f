import { type Connector } from '@hub/connector-sdk';
import { err, type JsonObject } from '@hub/platform';
import { checkSettings } from './connection-settings';

function connector(needsCredentials: boolean): Connector {
  return {
    manifest: {
      id: 'fake',
      name: 'Fake',
      description: '',
      documentationUrl: 'https://example.com',
      authKinds: ['bearer'],
      configSchema: {
        type: 'object',
        properties: { url: { type: 'string' }, auth: { type: 'boolean' } },
        required: ['url'],
        additionalProperties: false,
      },
      credentialsSchema: {
        type: 'object',
        properties: { token: { type: 'string', minLength: 3 } },
        ...(needsCredentials ? { required: ['token'] } : {}),
        additionalProperties: false,
      },
      addresses: [],
      operations: [],
      limits: { defaultConcurrency: 1, maxConcurrency: 1, timeoutMs: 1_000 },
      capabilities: { describe: false, refresh: false },
    },
    deliver: () => Promise.resolve([]),
    testConnection: () => Promise.resolve(err({ category: 'config', code: 'x', message: 'x' })),
    checkOperation: () => null,
    checkConnection: (config, credentials) => [
      ...(config['url'] === 'bad' ? [{ pointer: '/config/url', code: 'url', message: 'bad' }] : []),
      ...(config['auth'] === true && credentials['token'] === undefined
        ? [{ pointer: '/credentials/token', code: 'required', message: 'needed' }]
        : []),
    ],
  };
}

function outcome(needsCredentials: boolean, config: JsonObject, credentials: JsonObject | null): unknown {
  const checked = checkSettings(connector(needsCredentials), config, credentials, null);
  return checked.ok
    ? checked.value.complete
    : (checked.error.faults ?? []).map((fault) => `${fault.pointer} ${fault.code}`);
}

describe('settings of a connection', () => {
  it('are complete with credentials that fit', () => {
    expect(outcome(true, { url: 'x' }, { token: 'abc' })).toBe(true);
  });

  it('name every fault in both parts, and never repeat a value', () => {
    expect(outcome(true, { other: 1 }, { token: 'a', more: 1 })).toEqual([
      '/config/url required',
      '/config/other unknown_member',
      '/credentials/more unknown_member',
      '/credentials/token min_length',
    ]);
    const checked = checkSettings(connector(true), { url: 'x' }, { token: 'zz' }, null);
    expect(JSON.stringify(checked)).not.toContain('zz');
  });

  it('are incomplete, not wrong, while needed credentials are missing', () => {
    expect(outcome(true, { url: 'x' }, null)).toBe(false);
    expect(outcome(false, { url: 'x', auth: true }, null)).toBe(false);
    expect(outcome(true, {}, null)).toEqual(['/config/url required']);
    expect(outcome(false, { url: 'bad', auth: true }, null)).toEqual(['/config/url url']);
  });

  it('are complete without credentials where none are needed', () => {
    expect(outcome(false, { url: 'x' }, null)).toBe(true);
  });

  it('refuse what the database cannot keep', () => {
    expect(outcome(true, { url: 'a\0' }, { token: 'ab\ud800' })).toEqual([
      '/config/url invalid_text',
      '/credentials/token invalid_text',
    ]);
    expect(outcome(true, { url: 'x'.repeat(70_000) }, null)).toEqual(['/config too_large']);
  });
});
