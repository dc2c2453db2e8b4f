import { setMaxListeners } from 'node:events';
import { brotliDecompress, gunzip, inflate, type InputType, type ZlibOptions } from 'node:zlib';
import { type IncomingHttpHeaders } from 'node:http';
import { type Dispatcher } from 'undici';
import { err, ok, type Result } from '../result/result';
import { type SafeHttpFailure, type SafeHttpResponse } from './safe-http.types';
import { failureKindOf } from './failure-kind';

export interface HttpCallLimits {
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  readonly signal: AbortSignal | undefined;
}

type Outcome = Result<SafeHttpResponse, SafeHttpFailure>;
type Decompress = (
  data: InputType,
  options: ZlibOptions,
  done: (error: NodeJS.ErrnoException | null, body: Buffer) => void,
) => void;

const DECOMPRESS: Readonly<Record<string, Decompress>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
  br: brotliDecompress,
};

const CUT = new Error('The call is over');

/**
 * One request on undici's dispatch interface: no streams and no promises besides the caller's, because
 * thousands of these run each second. It settles exactly once, whatever undici reports afterwards.
 */
export class HttpCall implements Dispatcher.DispatchHandler {
  private readonly startedAt = performance.now();
  private readonly timer: NodeJS.Timeout;
  private readonly onAbort = (): void => this.fail('aborted', 'The call was cancelled');
  private controller: Dispatcher.DispatchController | undefined;
  private mayHaveBeenSent = false;
  private settled = false;
  private status = 0;
  private headers: Record<string, string> = {};
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(
    private readonly isHead: boolean,
    private readonly limits: HttpCallLimits,
    private readonly resolve: (outcome: Outcome) => void,
  ) {
    const { timeoutMs, signal } = limits;
    this.timer = setTimeout(() => this.fail('timeout', `No complete answer within ${timeoutMs} ms`), timeoutMs);
    if (signal === undefined) return;
    // One signal serves all calls of a drain, and every call takes its listener away: no leak for Node to warn of.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', this.onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Deadline or cancellation came while undici was still connecting: stop before the first byte is written.
    if (this.settled) return controller.abort(CUT);
    this.controller = controller;
    this.mayHaveBeenSent = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.settled) return;
    this.status = status;
    this.headers = flatten(headers);
    if (!this.isHead && Number(this.headers['content-length']) > this.limits.maxResponseBytes) this.failTooLarge();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled) return;
    this.size += chunk.length;
    if (this.size > this.limits.maxResponseBytes) this.failTooLarge();
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.settled) return;
    const body = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks, this.size);
    const encoding = this.headers['content-encoding']?.trim().toLowerCase() ?? '';
    if (encoding === '' || encoding === 'identity' || body.length === 0) return this.succeed(body);
    this.decompress(encoding, body);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.settled) return;
    const { kind, message } = failureKindOf(error, this.mayHaveBeenSent);
    this.fail(kind, message);
  }

  /** Identity was asked for; a server that compresses all the same is read, with the cap on the unpacked size. */
  private decompress(encoding: string, body: Buffer): void {
    const unpack = DECOMPRESS[encoding];
    if (unpack === undefined) return this.fail('protocol', 'The answer has a content encoding that was not asked for');
    unpack(body, { maxOutputLength: this.limits.maxResponseBytes }, (error, unpacked) => {
      if (this.settled) return;
      if (error?.code === 'ERR_BUFFER_TOO_LARGE') return this.failTooLarge();
      if (error !== null) return this.fail('protocol', 'The compressed answer cannot be unpacked');
      delete this.headers['content-encoding'];
      delete this.headers['content-length'];
      this.succeed(unpacked);
    });
  }

  private succeed(body: Buffer): void {
    this.settle(ok({ status: this.status, headers: this.headers, body, durationMs: this.elapsed() }));
  }

  private failTooLarge(): void {
    this.fail('response_too_large', `The answer is larger than ${this.limits.maxResponseBytes} bytes`);
  }

  private fail(kind: SafeHttpFailure['kind'], message: string): void {
    if (this.settled) return;
    const status = this.status === 0 ? {} : { status: this.status };
    const { mayHaveBeenSent } = this;
    this.settle(err({ kind, message, mayHaveBeenSent, ...status, durationMs: this.elapsed() }));
    this.controller?.abort(CUT);
  }

  private settle(outcome: Outcome): void {
    this.settled = true;
    clearTimeout(this.timer);
    this.limits.signal?.removeEventListener('abort', this.onAbort);
    this.resolve(outcome);
  }

  private elapsed(): number {
    return performance.now() - this.startedAt;
  }
}

function flatten(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}
