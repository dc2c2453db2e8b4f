import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A request as the vendor saw it. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface VendorAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What may go wrong between a hub and a vendor. */
export type VendorFault =
  | { readonly kind: 'answer'; readonly answer: VendorAnswer }
  /** Answers with everything it was sent, as verbose vendors do: a trap for secrets. */
  | { readonly kind: 'echo'; readonly status: number }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Hangs up before doing anything. */
  | { readonly kind: 'reset' }
  /** Does the work and hangs up before the answer: the case that idempotency is for. */
  | { readonly kind: 'reset_after_commit' };

export interface FaultyServer {
  readonly origin: string;
  readonly requests: readonly SeenRequest[];
  /** The next `times` requests for which the server is asked meet the fault. */
  fail(fault: VendorFault, times?: number): void;
  /** Back to normal, with an empty journal. */
  reset(): void;
  close(): Promise<void>;
}

/**
 * A vendor on 127.0.0.1 whose good behaviour is `handle` and whose bad behaviour is here.
 * @param isFaulty which requests meet a fault; token calls, for one, mostly should not.
 */
export async function startFaultyServer(
  handle: (request: SeenRequest) => VendorAnswer,
  isFaulty: (request: SeenRequest) => boolean = () => true,
): Promise<FaultyServer> {
  const requests: SeenRequest[] = [];
  let fault: VendorFault | null = null;
  let remaining = 0;
  const respond = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    requests.push(request);
    const current = remaining > 0 && isFaulty(request) ? fault : null;
    if (current === null) return write(response, handle(request));
    remaining--;
    switch (current.kind) {
      case 'answer':
        return write(response, current.answer);
      case 'echo':
        return write(response, { status: current.status, headers: { 'x-echo': request.url }, body: echoOf(request) });
      case 'hang':
        return;
      case 'reset_after_commit':
        handle(request);
        incoming.socket.resetAndDestroy();
        return;
      case 'reset':
        incoming.socket.resetAndDestroy();
    }
  };
  const server = createServer((incoming, response) => {
    respond(incoming, response).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fail: (next, times = Infinity) => {
      fault = next;
      remaining = times;
    },
    reset: () => {
      remaining = 0;
      requests.length = 0;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Repeats the request in every member in which one vendor or another puts its words. */
function echoOf(request: SeenRequest): string {
  const words = JSON.stringify(request);
  return JSON.stringify([
    {
      ...request,
      errorCode: 'ECHO',
      message: words,
      error: words,
      error_description: words,
      detail: words,
      fields: [words],
    },
  ]);
}

async function readRequest(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers } = incoming;
  return { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
}

function write(response: ServerResponse, { status, headers = {}, body = '' }: VendorAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', ...headers }).end(body);
}
