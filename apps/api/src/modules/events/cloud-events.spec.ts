import { type FastifyRequest } from 'fastify';
import { fromBinary, fromStructured } from './cloud-events';

const HEADERS = { 'ce-specversion': '1.0', 'ce-id': 'x', 'ce-type': 'order.created', 'ce-source': '/shop' };

function binary(headers: Record<string, string>, body: unknown): unknown {
  const read = fromBinary(
    { headers: { ...HEADERS, ...headers } } as unknown as FastifyRequest,
    body,
    JSON.stringify(body),
  );
  return read.ok ? read.value : read.error.map(({ pointer, code }) => `${pointer} ${code}`);
}

describe('the faults of a CloudEvent', () => {
  it.each<[string, Record<string, string>, unknown, string[]]>([
    ['the data', {}, [], [' invalid_type']],
    ['nothing for data', {}, undefined, [' required']],
    ['the kind of data', { 'ce-datacontenttype': 'text/xml' }, {}, ['#header/ce-datacontenttype invalid_format']],
    ['the schema of the data', { 'ce-dataschema': 'x'.repeat(1_001) }, {}, ['#header/ce-dataschema too_big']],
    ['a header for the data', { 'ce-data': '%7B%7D' }, {}, ['#header/ce-data unknown_field']],
    ['the time', { 'ce-time': 'noon' }, {}, ['#header/ce-time invalid_format']],
    ['the name of an extension', { 'ce-my_region': 'eu' }, {}, ['#header/ce-my_region unknown_field']],
    ['an encoding', { 'ce-subject': '%E9' }, {}, ['#header/ce-subject invalid_encoding']],
  ])('in binary mode, of %s, are told where it stood', (_what, headers, body, faults) => {
    expect(binary(headers, body)).toEqual(faults);
  });

  it('in structured mode are told by pointers that are escaped', () => {
    const event = { specversion: '1.0', id: 'x', type: 'a.b', source: 's', data: {}, 'a/b~c': 1 };
    const read = fromStructured(event, JSON.stringify(event));
    expect(!read.ok && read.error.map(({ pointer }) => pointer)).toEqual(['/a~1b~0c']);
  });

  it('are none in a good one, whose extensions become metadata', () => {
    expect(binary({ 'ce-region': 'eu', 'ce-time': '2026-11-20T10:00:00+02:00' }, { n: 1 })).toMatchObject({
      payloadText: '{"n":1}',
      input: { metadata: { region: 'eu' }, occurred_at: '2026-11-20T08:00:00.000Z' },
    });
  });
});
