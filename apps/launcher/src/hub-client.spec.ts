import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { HubClient, HubRefusal } from './hub-client';

describe('HubClient', () => {
  let server: Server;
  let url: string;
  let answers: { status: number; body: string; headers?: Record<string, string> }[];
  let requests: IncomingMessage[];
  beforeEach(async () => {
    [answers, requests] = [[], []];
    server = createServer((req, res) => {
      requests.push(req);
      req.resume();
      const { status, body, headers } = answers.shift() ?? { status: 500, body: '' };
      res.writeHead(status, { connection: 'close', ...headers }).end(body);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((done) => server.close(done)));

  it('signs in and parses the answer', async () => {
    answers.push({ status: 200, body: '{"data":[]}' });
    expect(await new HubClient(url, 'hub_test_x').demand('GET', '/v1/routes')).toEqual({ data: [] });
    expect(requests[0]?.headers.authorization).toBe('Bearer hub_test_x');
  });

  it('waits as long as the rate limit says and asks again', async () => {
    answers.push({ status: 429, body: '{}', headers: { 'retry-after': '0.01' } }, { status: 202, body: '{"a":1}' });
    expect((await new HubClient(url, 'k').request('POST', '/v1/events', {})).status).toBe(202);
    expect(requests).toHaveLength(2);
  });

  it('repeats what the hub said about a refusal, faults included', async () => {
    const problem = { code: 'invalid', detail: 'Bad input.', errors: [{ pointer: '/name', code: 'missing' }] };
    answers.push({ status: 422, body: JSON.stringify(problem) });
    const refused = await new HubClient(url, 'hub_test_secret')
      .demand('POST', '/v1/routes', {})
      .catch((e: unknown) => e);
    expect(refused).toBeInstanceOf(HubRefusal);
    const { message, status, code } = refused as HubRefusal;
    expect({ status, code }).toEqual({ status: 422, code: 'invalid' });
    expect(message).toContain('POST /v1/routes was answered 422 invalid Bad input.');
    expect(message).toContain('/name');
    expect(message).not.toContain('hub_test_secret');
  });

  it('does not choke on an answer that is no JSON', async () => {
    answers.push({ status: 502, body: '<html>' });
    await expect(new HubClient(url, 'k').demand('GET', '/')).rejects.toThrow('502');
  });
});
