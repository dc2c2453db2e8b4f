import { type Result } from '../result/result';

export interface SafeHttpRequest {
  readonly method: string;
  readonly url: string;
  /** Framing and hop-by-hop names (`host`, `content-length`, `connection`, `accept-encoding`, …) are refused. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Whole call, connect to last byte. Default 30,000 ms. */
  readonly timeoutMs?: number;
  /** Most bytes of answer that are read before the call is cut, counted after decompression. Default 1 MiB. */
  readonly maxResponseBytes?: number;
  readonly signal?: AbortSignal;
  /** For `https` alone. Such a call never shares a socket with calls of another identity. */
  readonly tls?: SafeHttpTls;
}

/** PEM texts. What cannot be read as PEM is a failure of kind `tls`. */
export interface SafeHttpTls {
  /** Client certificate, with its chain, and its private key: one needs the other. */
  readonly cert?: string;
  readonly key?: string;
  /** Of the private key. */
  readonly passphrase?: string;
  /** Authorities that are trusted besides the public ones: inner systems have certificates of their own. */
  readonly ca?: string;
}

export interface SafeHttpResponse {
  readonly status: number;
  /** Names in lower case; repeated ones joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly durationMs: number;
}

export interface SafeHttpFailure {
  readonly kind:
    | 'invalid_url'
    /** A method, header or body that HTTP cannot carry: a caller's or a tenant's mistake, nothing was sent. */
    | 'invalid_request'
    | 'blocked_address'
    | 'dns'
    | 'connect'
    | 'tls'
    | 'timeout'
    | 'reset'
    | 'response_too_large'
    | 'aborted'
    | 'protocol';
  readonly message: string;
  /** True when the receiver may have seen the request: a write must then be looked up before it is repeated. */
  readonly mayHaveBeenSent: boolean;
  /** Status of the answer, where its head arrived before the call failed. */
  readonly status?: number;
  readonly durationMs: number;
}

/** Outbound HTTP for everything that a tenant can aim: never follows redirects, never retries, never throws for the network. */
export interface SafeHttp {
  request(request: SafeHttpRequest): Promise<Result<SafeHttpResponse, SafeHttpFailure>>;
}
