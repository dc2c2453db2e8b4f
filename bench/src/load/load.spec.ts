import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { EVENT_BYTES, RequestTemplate } from './events';
import { closedLoop, openLoop } from './load';

describe('load', () => {
  let server: Server;
  let url: string;
  let bodies: { length: number; value: Record<string, unknown> }[];
  let answer: { status: number; headers: Record<string, string> };
  beforeEach(async () => {
    bodies = [];
    answer = { status: 202, headers: {} };
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      request.on('end', () => {
        bodies.push({ length: Buffer.byteLength(text), value: JSON.parse(text) as Record<string, unknown> });
        response.writeHead(answer.status, answer.headers);
        response.write('{"a":');
        response.end('1}');
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((done) => server.close(done)));

  const ids = (): unknown[] => bodies.map(({ value }) => value['event_id']);

  it('posts events of one kilobyte, none twice', async () => {
    const load = await closedLoop({
      url,
      template: RequestTemplate.of(url, 'k', 'run', 0),
      connections: 4,
      requests: 50,
    });
    expect(load).toMatchObject({ requests: 50, events: 50, failures: 0 });
    expect(new Set(ids()).size).toBe(50);
    expect(new Set(bodies.map(({ length }) => length))).toEqual(new Set([EVENT_BYTES]));
    expect(bodies.map(({ value }) => value['subject'])).toEqual(ids().map((id) => `invoice/${String(id)}`));
  });

  it('numbers every event of a batch', async () => {
    const template = RequestTemplate.of(url, 'k', 'run', 10);
    const load = await closedLoop({ url, template, connections: 2, requests: 3, firstNumber: 5 });
    const events = bodies.flatMap(({ value }) => value['events'] as { event_id: string }[]);
    expect(load.events).toBe(30);
    expect(events.map(({ event_id: id }) => Number(id.slice(4))).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_none, index) => index + 5),
    );
  });

  it('lets several requests take turns, under one running number', async () => {
    const template = ['a', 'b'].map((type) => RequestTemplate.of(url, 'k', 'run', 0, type));
    await closedLoop({ url, template, connections: 3, requests: 10 });
    const types = bodies.map(({ value }) => [Number(String(value['event_id']).slice(4)) % 2, value['type']]);
    expect(new Set(ids()).size).toBe(10);
    expect(types.every(([odd, type]) => type === (odd === 1 ? 'b' : 'a'))).toBe(true);
  });

  it('counts every answer that is no 2xx and does not count its events', async () => {
    answer = { status: 429, headers: {} };
    const template = RequestTemplate.of(url, 'k', 'run', 0);
    const load = await closedLoop({ url, template, connections: 2, requests: 6 });
    expect(load).toMatchObject({ requests: 6, failures: 6, events: 0, statuses: { 429: 6 } });
  });

  it('reads answers with a length as well as chunked ones', async () => {
    answer = { status: 202, headers: { 'content-length': '7' } };
    const template = RequestTemplate.of(url, 'k', 'run', 0);
    expect((await closedLoop({ url, template, connections: 1, requests: 3 })).failures).toBe(0);
  });

  it('opens again what the server has closed for being idle', async () => {
    // With its answer: a client that is held up for a moment must not find the line still open.
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) =>
      response.on('finish', () => socket.end()),
    );
    const template = RequestTemplate.of(url, 'k', 'run', 0);
    const load = await openLoop({ url, template, perSecond: 5, seconds: 1 });
    expect(load).toMatchObject({ requests: 5, failures: 0 });
  });

  it('sends by the clock as many as asked for, and tells when', async () => {
    const sent = new Map<number, bigint>();
    const load = await openLoop({
      url,
      template: RequestTemplate.of(url, 'k', 'run', 0),
      perSecond: 100,
      seconds: 1,
      onSend: (number, atNs) => sent.set(number, atNs),
    });
    expect(load.requests).toBe(100);
    expect([...sent.keys()]).toEqual(Array.from({ length: 100 }, (_none, index) => index));
    expect(load.latencies.count).toBe(100);
  });
});
