import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { stageInProcessApi, type InProcessApi } from './in-process-api';

const PAGE = path.resolve(__dirname, '..', '..', '..', 'docs', 'api.md');
const run = promisify(execFile);

type Answer = Readonly<Record<string, unknown>>;

/** The commands of a section of the page, as they are written. */
function commandsOf(title: string): string[] {
  const section = fs
    .readFileSync(PAGE, 'utf8')
    .split(/^## /m)
    .find((part) => part.startsWith(`${title}\n`));
  return [...(section ?? '').matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, command]) => command ?? '');
}

/** Whoever follows the page has nothing else: what it says to enter works, one after the other. */
describe('what docs/api.md and the OpenAPI document say', () => {
  let api: InProcessApi;
  let hub: string;
  let key: string;
  stageInProcessApi(async (made) => {
    api = made;
    hub = await api.listen();
    ({ key } = await api.newTenant());
  });

  it('leads from event to system, command by command', async () => {
    const known: Record<string, string> = {};
    const enter = async (command: string): Promise<Answer> => {
      const env = { PATH: process.env['PATH'], HUB: hub, KEY: key, ...known };
      return JSON.parse((await run('bash', ['-c', command], { env })).stdout) as Answer;
    };
    const [connect, preview, map, lead, send, look, ...others] = commandsOf('From event to system');
    expect(others).toEqual([expect.stringMatching(/^npx @hey-api\/openapi-ts /)]);

    const connection = await enter(connect ?? '');
    expect(connection).toMatchObject({ name: 'Warehouse', status: 'active' });
    known['CONNECTION_ID'] = String(connection['id']);
    expect(await enter(preview ?? '')).toEqual({ output: { invoice: 'INV-2041', amount: '12.50' } });
    const mapping = await enter(map ?? '');
    expect(mapping).toMatchObject({ published_version: 1 });
    known['MAPPING_ID'] = String(mapping['id']);

    const route = await enter(lead ?? '');
    expect(route).toMatchObject({
      enabled: true,
      filter: null,
      ordering: { key: 'subject', mode: 'strict' },
      retry: null,
      mapping_id: mapping['id'],
    });
    const accepted = await enter(send ?? '');
    expect(accepted).toMatchObject({ status: 'pending', routes: [route['id']] });
    known['TRACKING_ID'] = String(accepted['tracking_id']);
    expect(await enter(look ?? '')).toMatchObject({ deliveries: [{ connection_id: connection['id'] }] });
  });

  it('tells no default of a route that the OpenAPI document does not tell', async () => {
    const { components } = (await api.send(null, 'GET', '/openapi.json')).json<{
      components: {
        schemas: Record<string, { required: string[]; properties: Record<string, { default?: unknown }> }>;
      };
    }>();
    const { required, properties } = components.schemas['CreateRouteRequest'] ?? { required: [], properties: {} };
    const defaults = Object.entries(properties).filter(([name]) => !required.includes(name));
    expect(Object.fromEntries(defaults.map(([name, schema]) => [name, schema.default]))).toEqual({
      enabled: true,
      filter: null,
      mapping_id: null,
      ordering: { key: 'subject', mode: 'strict' },
      retry: null,
    });
  });

  it('calls no name unique that several may have', async () => {
    const { components } = (await api.send(null, 'GET', '/openapi.json')).json<{
      components: { schemas: Record<string, { properties: Record<string, { description?: string }> }> };
    }>();
    const twice = async (by: string, url: string, bodies: readonly object[]): Promise<number[]> => {
      const statuses: number[] = [];
      for (const payload of bodies) statuses.push((await api.send(by, 'POST', url, { payload })).statusCode);
      return statuses;
    };
    const newKey = { name: 'one', environment: 'test', scopes: ['events:read'] };
    expect(await twice(key, '/v1/api-keys', [newKey, newKey])).toEqual([201, 201]);
    const newTenant = { name: 'one', tier: 'free' };
    const tenants = ['one', 'two'].map((slug) => ({ ...newTenant, slug }));
    expect(await twice(await api.newOperatorKey(), '/admin/v1/tenants', tenants)).toEqual([201, 201]);
    for (const schema of ['CreateApiKeyRequest', 'CreateTenantRequest'])
      expect(components.schemas[schema]?.properties['name']?.description).not.toMatch(/unique/i);
  });
});
