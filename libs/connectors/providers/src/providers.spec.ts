import { compileSchema, createRegistry, type ConnectorManifest } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
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
      expect(manifest.addresses).toEqual(expect.arrayContaining(urlsOf(manifest)));
      compileSchema(manifest.configSchema);
      compileSchema(manifest.credentialsSchema);
      expect(URL.canParse(manifest.documentationUrl)).toBe(true);
    }
  });
});

/** Every member of config and credentials that must look like a URL: one that is not among the addresses is not guarded. */
function urlsOf({ configSchema, credentialsSchema }: ConnectorManifest): string[] {
  return [...urlsBelow('/config', configSchema), ...urlsBelow('/credentials', credentialsSchema)];
}

function urlsBelow(pointer: string, schema: JsonObject): string[] {
  const { pattern, properties = {}, oneOf = [], anyOf = [], allOf = [] } = schema as SchemaParts;
  const members = Object.entries(properties).flatMap(([name, member]) => urlsBelow(`${pointer}/${name}`, member));
  const branches = [...oneOf, ...anyOf, ...allOf].flatMap((branch) => urlsBelow(pointer, branch));
  return [...(pattern?.startsWith('^http') === true ? [pointer] : []), ...members, ...branches];
}

interface SchemaParts {
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, JsonObject>>;
  readonly oneOf?: readonly JsonObject[];
  readonly anyOf?: readonly JsonObject[];
  readonly allOf?: readonly JsonObject[];
}
