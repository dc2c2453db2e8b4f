import net from 'node:net';
import { stageInProcessApi, type InProcessApi } from './in-process-api';

describe('what Node cannot read as a request', () => {
  let api: InProcessApi;
  let port: number;

  stageInProcessApi(async (made) => {
    api = made;
    port = Number(new URL(await api.listen()).port);
  });

  /** Everything that comes back, up to the end of the connection. */
  const say = (text: string): Promise<string> =>
    new Promise((resolve) => {
      let answer = '';
      const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
      socket.setEncoding('utf8');
      socket.on('data', (piece) => (answer += String(piece)));
      // Cut while there is something left to read: what was answered has come all the same.
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(answer));
    });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400, 'bad_request'],
    [
      'headers above 16 KiB',
      `GET /v1/me HTTP/1.1\r\nhost: hub\r\nx-much: ${'a'.repeat(17_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
  ])('%s is a problem like any other', async (_what, text, status, code) => {
    const [head = '', body = ''] = (await say(text)).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain('content-type: application/problem+json; charset=utf-8');
    const problem = JSON.parse(body) as { request_id: string };
    expect(problem).toMatchObject({ status, code, request_id: expect.stringMatching(/^req_/) });
    expect(head).toContain(`x-request-id: ${problem.request_id}`);
  });
});
