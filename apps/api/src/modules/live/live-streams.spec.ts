import { once } from 'node:events';
import { type Logger } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { type LiveRequest } from './live-stream';
import { LiveStreams } from './live-streams';

/** A database whose edge moves on with every look, and in which one row changes each time. */
function streamsOver(rowText: string): LiveStreams {
  let tx = 0;
  const query = (): Promise<unknown[]> => Promise.resolve([{ tx: ++tx, at: 1_763_740_000_000 + tx }]);
  const tenants = { run: (_id: string, work: (db: unknown) => unknown) => Promise.resolve(work({ query })) };
  const streams = new LiveStreams({
    tenants: tenants as unknown as TenantDb,
    logger: { warn: jest.fn() } as unknown as Logger,
    limits: { perTenant: 2, inAll: 3 },
    lookEveryMs: 1,
  });
  topicOf = () => ({
    kind: 'events',
    key: 'any',
    changed: () => Promise.resolve([{ id: 'a', accepted: true }]),
    show: () => Promise.resolve([{ id: 'a', name: 'accepted', data: rowText }]),
  });
  return streams;
}
let topicOf: () => LiveRequest['topic'];
const from = (tenantId: string): LiveRequest => ({
  tenantId,
  topic: topicOf(),
  isStillAllowed: () => Promise.resolve(true),
});

describe('live streams', () => {
  it('are no more than a tenant may have, and no more than the process can', async () => {
    const streams = streamsOver('');
    const answers = [];
    for (const tenant of ['a', 'a', 'a', 'b', 'c']) answers.push(await streams.open(from(tenant), null));
    expect(answers.map((answer) => (answer.ok ? 'open' : [answer.error.kind, answer.error.code]))).toEqual([
      'open',
      'open',
      ['rate_limited', 'too_many_streams'],
      'open',
      ['rate_limited', 'too_many_streams'],
    ]);
    await streams.stop();
    expect(await streams.open(from('a'), null)).toMatchObject({ ok: false, error: { kind: 'unavailable' } });
  });

  it('let go of whoever does not read what comes', async () => {
    const streams = streamsOver('x'.repeat(300_000));
    const opened = await streams.open(from('a'), null);
    if (!opened.ok) throw new Error(opened.error.code);
    await once(opened.value.readable, 'close');
    expect(streams.size).toBe(0);
    await streams.stop();
  });
});
