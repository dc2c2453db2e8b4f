import { createProviders } from '@hub/connector-providers';
import { type Connector, type MappingTemplate } from '@hub/connector-sdk';
import { createMappingEngine, type MappingEngine } from '@hub/mapping-engine';
import { templateMismatches } from './template-mismatches';

const connectors = createProviders();
const templates = connectors.flatMap((connector) =>
  (connector.mappingTemplates ?? []).map((template) => ({ connector, template })),
);

let engine: MappingEngine;
beforeAll(() => {
  engine = createMappingEngine({ poolSize: 1, timeLimitMs: 2_000 });
});
afterAll(() => engine.close());

describe('the mappings that come with the connectors', () => {
  it('make of their golden cases what they say', async () => {
    const faults: string[] = [];
    for (const { template } of templates) faults.push(...(await templateMismatches(engine, template)));
    expect(faults).toEqual([]);
  });

  it('are each of an object or operation that their connector has', () => {
    expect(templates.flatMap(({ connector, template }) => misplaced(connector, template))).toEqual([]);
  });

  it('have ids of their own that say where they belong', () => {
    const ids = templates.map(({ template }) => template.id);
    expect(new Set(ids).size).toBe(ids.length);
    const odd = templates.filter(
      ({ connector, template: { id, direction } }) =>
        !/^[a-z0-9_-]+\.[a-z0-9_-]+\.(inbound|outbound)$/.test(id) ||
        !id.startsWith(`${connector.manifest.id}.`) ||
        !id.endsWith(`.${direction}`),
    );
    expect(odd.map(({ template }) => template.id)).toEqual([]);
  });

  it('cover every object that is pulled as a type of the hub’s model', () => {
    const missing = connectors.flatMap(({ manifest, mappingTemplates = [] }) =>
      (manifest.pull ?? [])
        .filter(({ canonicalType }) => canonicalType !== null)
        .filter(({ name }) => !mappingTemplates.some((one) => one.direction === 'inbound' && one.object === name))
        .map(({ name }) => `${manifest.id}: ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('the check of golden cases', () => {
  const template: MappingTemplate = {
    id: 'test.thing.outbound',
    version: 1,
    title: '',
    description: '',
    direction: 'outbound',
    canonicalType: 'customer',
    operation: 'customer.upsert',
    expression: '{"Id": $link("customer", canonical.id, "test"), "By": $event.source, "Name": canonical.display_name}',
    goldenCases: [
      {
        name: 'linked',
        input: { canonical: { id: '1', display_name: 'Ada' } },
        event: { source: 'shop' },
        links: [{ type: 'customer', id: '1', system: 'test', found: '58' }],
        output: { Name: 'Ada', Id: '58', By: 'shop' },
      },
    ],
  };
  const inbound: MappingTemplate = {
    ...template,
    direction: 'inbound',
    expression: '{"id": record.Id, "display_name": record.Name}',
    goldenCases: [{ name: 'plain', input: { record: { Id: '1', Name: '' } }, output: { id: '1', display_name: '' } }],
  };

  it('passes what is right, and names what is not', async () => {
    const [golden] = template.goldenCases;
    const mismatches = (changed: Partial<MappingTemplate>): Promise<string[]> =>
      templateMismatches(engine, { ...template, ...changed });
    expect(await mismatches({})).toEqual([]);
    expect(await mismatches({ goldenCases: [] })).toEqual(['test.thing.outbound: has no golden case']);
    expect(await mismatches({ expression: '{' })).toHaveLength(1);
    expect(await mismatches({ goldenCases: [{ ...golden!, output: { Name: 'Ada' } }] })).toHaveLength(1);
    expect(await mismatches({ goldenCases: [{ ...golden!, links: [] }] })).toHaveLength(1);
    expect(await mismatches({ expression: '$error("no")' })).toEqual([
      'test.thing.outbound: linked: mapping_runtime at 1:1: no',
    ]);
    expect(await templateMismatches(engine, inbound)).toEqual([expect.stringContaining('is no customer')]);
  });
});

function misplaced(connector: Connector, template: MappingTemplate): string[] {
  if (template.direction === 'outbound') {
    const why = template.operation === undefined ? 'names no operation' : connector.checkOperation(template.operation);
    return why === null ? [] : [`${template.id}: ${why}`];
  }
  const object = (connector.manifest.pull ?? []).find(({ name }) => name === template.object);
  if (object === undefined) return [`${template.id}: ${template.object} is not pulled`];
  return object.canonicalType === template.canonicalType
    ? []
    : [`${template.id}: ${template.object} is of another type`];
}
