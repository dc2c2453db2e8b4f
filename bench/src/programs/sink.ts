import { createServer } from 'node:http';

/**
 * The receiving system: answers 204 after a set time. `POST /reset?delay=50&record=1` begins a run; `GET /` tells how
 * much came and when, `GET /arrivals` the arrival of each record by the clock that all processes of a machine share.
 */
let delayMs = 0;
let isRecording = false;
let count = 0;
let firstNs = 0n;
let lastNs = 0n;
let arrivals: [ref: number, atNs: string][] = [];

function reset(query: URLSearchParams): void {
  delayMs = Number(query.get('delay') ?? 0);
  isRecording = query.get('record') === '1';
  [count, firstNs, lastNs, arrivals] = [0, 0n, 0n, []];
}

function arrived(chunks: readonly Buffer[]): void {
  lastNs = process.hrtime.bigint();
  if (count++ === 0) firstNs = lastNs;
  if (!isRecording) return;
  const record = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { ref: string };
  arrivals.push([Number(record.ref), String(lastNs)]);
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const url = new URL(request.url ?? '/', 'http://sink');
    if (url.pathname === '/in') {
      arrived(chunks);
      const answer = (): void => void response.writeHead(204).end();
      if (delayMs === 0) answer();
      else setTimeout(answer, delayMs);
      return;
    }
    if (url.pathname === '/reset') reset(url.searchParams);
    const body =
      url.pathname === '/arrivals' ? arrivals : { count, first_ns: String(firstNs), last_ns: String(lastNs) };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env['BENCH_PORT']), '127.0.0.1');
