import { type Socket } from 'node:net';
import { type ConnectionError } from 'fastify';
import { silentLogger } from '@hub/platform';
import { answerClientError } from './client-errors';

describe('what never became a request', () => {
  const told = (
    code: string,
    state: Partial<Socket> = {},
  ): { written: string; destroyed: boolean; logged: unknown[] } => {
    const seen = { written: '', destroyed: false, logged: [] as unknown[] };
    const socket = {
      writable: true,
      destroyed: false,
      write: (text: string) => void (seen.written += text),
      destroy: () => void (seen.destroyed = true),
      ...state,
    } as unknown as Socket;
    const logger = { ...silentLogger, info: (_message: string, fields?: object) => void seen.logged.push(fields) };
    answerClientError({ code } as ConnectionError, socket, logger);
    return seen;
  };

  it.each([
    ['HPE_HEADER_OVERFLOW', 431, 'headers_too_large'],
    ['ERR_HTTP_REQUEST_TIMEOUT', 408, 'request_timeout'],
    ['HPE_INVALID_METHOD', 400, 'bad_request'],
  ])('%s is answered with a problem, and the connection ends', (code, status, problemCode) => {
    const { written, destroyed, logged } = told(code);
    const [head = '', body = ''] = written.split('\r\n\r\n');
    const problem = JSON.parse(body) as { request_id: string };
    expect(problem).toMatchObject({ status, code: problemCode, title: expect.not.stringMatching(/^Error$/) });
    expect(problem.request_id).toMatch(/^req_/);
    expect(head.split('\r\n')[0]).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain('content-type: application/problem+json');
    expect(head).toContain(`x-request-id: ${problem.request_id}`);
    expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`);
    expect(destroyed).toBe(true);
    expect(logged).toEqual([expect.objectContaining({ request_id: problem.request_id, status })]);
  });

  it('is not answered where nobody listens', () => {
    expect(told('ECONNRESET')).toMatchObject({ written: '', destroyed: false, logged: [] });
    expect(told('HPE_INVALID_METHOD', { destroyed: true })).toMatchObject({ written: '', logged: [] });
    expect(told('HPE_INVALID_METHOD', { writable: false })).toMatchObject({ written: '', destroyed: true });
  });
});
