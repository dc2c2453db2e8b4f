import { compileSchema, createRegistry } from '@hub/connector-sdk';
import { createProviders } from './index';

describe('createProviders', () => {
  it('lists connectors with distinct ids and valid manifests', () => {
    const registry = createRegistry(createProviders());
    expect(registry.list().map(({ manifest }) => manifest.id)).toEqual([
      'http',
      'salesforce',
      'quickbooks',
      'netsuite',
      'erp',
    ]);
    for (const { manifest } of registry.list()) {
      compileSchema(manifest.configSchema);
      compileSchema(manifest.credentialsSchema);
      expect(URL.canParse(manifest.documentationUrl)).toBe(true);
    }
  });
});
