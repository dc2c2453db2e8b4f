import { type IncomingMessage, type ServerResponse } from 'node:http';
import { ADMIN_PREFIX, handleAdmin, type AdminRouter, type ControlParts } from './control-plane';
import { commitsFirst, performFault } from './fault-actions';
import {
  BodyTooLargeError,
  listen,
  pause,
  readBody,
  sendReply,
  toExchange,
  type Exchange,
  type Listening,
  type Reply,
} from './http-frame';

export interface VendorServerOptions extends ControlParts {
  readonly host: string;
  readonly port: number;
  readonly admin: AdminRouter;
  /** Must do all of its writes before it returns: `drop_after_commit` cuts the line right after. */
  readonly handle: (exchange: Exchange) => Reply | Promise<Reply>;
  /** What two requests have in common that ask the same. Absent: method, address and body. */
  readonly question?: (exchange: Exchange) => string;
}

/** One vendor on the root path of its own port: control plane, faults, the vendor itself, journal. */
export function startVendorServer(options: VendorServerOptions): Promise<Listening> {
  return listen(
    (req, res) => {
      serve(options, req, res).catch((error: unknown) => {
        process.stderr.write(`sandbox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
        if (!res.headersSent) sendReply(res, { status: 500, body: 'sandbox error' });
        else res.destroy();
      });
    },
    options.host,
    options.port,
  );
}

async function serve(options: VendorServerOptions, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = await readBody(req).catch((error: unknown) => {
    if (error instanceof BodyTooLargeError) sendReply(res, { status: 413, headers: { connection: 'close' } });
    return undefined; // The client went away, or sent too much: there is nothing to serve.
  });
  if (!body) return;
  const exchange = toExchange(req, body);
  if (exchange.path === ADMIN_PREFIX || exchange.path.startsWith(`${ADMIN_PREFIX}/`)) {
    sendReply(res, handleAdmin(options.admin, options.token, exchange));
    return;
  }
  // The vendor has one clock: clients read it from here.
  res.setHeader('date', new Date(options.clock.now()).toUTCString());
  const startedMs = Date.now();
  const { latencyMs, action } = options.faults.decide(exchange.method, req.url ?? '/', body);
  if (latencyMs > 0) await pause(latencyMs);
  const done = !action || commitsFirst(action) ? await options.handle(exchange) : undefined;
  const reply =
    done && action?.type === 'stale_read'
      ? options.faults.earlier.of(action, (options.question ?? question)(exchange), done)
      : done;
  // Written before the answer leaves: whoever has the answer finds it in the journal.
  const journal = (told: Reply | undefined): void =>
    options.journal.record(exchange, told, action?.type, startedMs, options.clock.now());
  if (!action) {
    const answer = reply ?? { status: 500 };
    journal(answer);
    sendReply(res, answer);
    return;
  }
  if (action.type === 'hang' || action.type === 'reset' || action.type === 'drop_after_commit') journal(undefined);
  const told = await performFault(res, action, reply);
  if (action.type === 'late_commit') {
    await pause(action.ms);
    await options.handle(exchange);
  }
  if (action.type !== 'hang' && action.type !== 'reset' && action.type !== 'drop_after_commit') journal(told);
}

function question({ method, path, rawQuery, body }: Exchange): string {
  return `${method} ${path}?${rawQuery} ${body.toString('latin1')}`;
}
