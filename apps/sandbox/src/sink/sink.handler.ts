import { type IncomingMessage, type ServerResponse } from 'node:http';
import { pause, readBody } from '../kernel/http-frame';
import { isAccepted, type SinkRule } from './sink-behaviour';
import { type SinkStore } from './sink-store';

export const SINK_PREFIX = '/sink/';
const NAME = /^\/sink\/([A-Za-z0-9._-]{1,64})(?=[/?]|$)/;
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const RECEIVED = Buffer.from('{"received":true}');
const DEFAULT_HEADERS = { 'content-type': 'application/json', 'content-length': RECEIVED.length };
const GARBAGE = Buffer.from('HTTP/1.1 2\u0000\u0000 \r\nnot http at all\r\n\r\n\u0001\u0002', 'latin1');
const CHUNK = Buffer.alloc(65_536, 'x');

/** `ANY /sink/<name>[/...]`: takes anything, remembers it, and answers as it was told to. */
export async function handleSink(store: SinkStore, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const name = NAME.exec(req.url ?? '')?.[1];
  const sink = name === undefined ? undefined : store.open(name);
  if (!sink) {
    req.resume();
    res.writeHead(name === undefined ? 404 : 507).end();
    return;
  }
  const body = await readBody(req, MAX_BODY_BYTES).catch(() => undefined);
  if (!body) {
    res.writeHead(413, { connection: 'close' }).end();
    return;
  }
  const rule = sink.behaviour?.next();
  const { headers } = req;
  const key = headers['idempotency-key'] ?? headers['webhook-id'];
  sink.record(
    {
      at: Date.now(),
      method: req.method ?? 'GET',
      url: req.url ?? '',
      rawHeaders: req.rawHeaders,
      body,
      accepted: isAccepted(rule),
    },
    typeof key === 'string' ? key : undefined,
  );
  if (rule) await behave(res, rule);
  else res.writeHead(200, DEFAULT_HEADERS).end(RECEIVED);
}

async function behave(res: ServerResponse, rule: SinkRule): Promise<void> {
  if (rule.latency_ms > 0) await pause(rule.latency_ms);
  switch (rule.kind) {
    case 'respond':
      res.writeHead(rule.status, { 'content-type': 'application/json', ...rule.headers }).end(rule.body);
      return;
    case 'hang':
      return; // Until the client gives up or the sandbox closes.
    case 'reset':
    case 'drop_after_commit':
      res.socket?.resetAndDestroy();
      return;
    case 'slow_drip':
      return drip(res, rule.ms_per_byte);
    case 'huge_body':
      return pour(res, rule.bytes);
    case 'redirect':
      res.writeHead(rule.status, { location: rule.location }).end();
      return;
    case 'garbage':
      res.socket?.end(GARBAGE);
      return;
    case 'wrong_content_type':
      res.writeHead(200, { 'content-type': rule.content_type }).end(RECEIVED);
  }
}

async function drip(res: ServerResponse, msPerByte: number): Promise<void> {
  res.writeHead(200, DEFAULT_HEADERS);
  for (let at = 0; at < RECEIVED.length && !res.destroyed; at++) {
    res.write(RECEIVED.subarray(at, at + 1));
    await pause(msPerByte);
  }
  res.end();
}

/** Never holds more than the socket's buffer: the client is what should run out of patience, not the sandbox of memory. */
async function pour(res: ServerResponse, bytes: number): Promise<void> {
  res.writeHead(200, { 'content-type': 'application/octet-stream' });
  for (let left = bytes; left > 0 && !res.destroyed; left -= CHUNK.length) {
    const flushed = res.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)));
    if (!flushed && !res.destroyed) await drained(res);
  }
  res.end();
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      res.off('drain', done).off('close', done);
      resolve();
    };
    res.on('drain', done).on('close', done);
  });
}
