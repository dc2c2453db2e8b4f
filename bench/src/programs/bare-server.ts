import { createServer } from 'node:http';

/** Baseline A: what Node.js itself can do. Reads the body, parses it, answers 202, keeps nothing. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.method !== 'POST') return void response.end();
    const event = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { event_id: string };
    const body = `{"event_id":"${event.event_id}"}`;
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
});
server.listen(Number(process.env['BENCH_PORT']), '127.0.0.1');
