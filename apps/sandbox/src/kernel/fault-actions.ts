import { STATUS_CODES, type ServerResponse } from 'node:http';
import { type DisruptiveAction } from './fault-rules';
import { pause, sendReply, type Reply } from './http-frame';

const HTML_ERROR_PAGE =
  '<html><head><title>We are down for maintenance</title></head><body><h1>Service Unavailable</h1>' +
  '<p>Sorry for the inconvenience. We&#39;ll be back shortly.</p></body></html>';

/** Whether the vendor does its work before this fault strikes. */
export function commitsFirst(action: DisruptiveAction): boolean {
  switch (action.type) {
    case 'drop_after_commit':
    case 'truncate':
    case 'empty':
    case 'slow_drip':
    case 'wrong_content_type':
    case 'duplicate_response':
    case 'stale_read':
      return true;
    case 'status':
    case 'hang':
    case 'reset':
    case 'html':
      return action.after_commit;
    case 'late_commit':
    case 'retry_after':
      return false;
  }
}

/**
 * Plays the fault out on the wire. `reply` is the true answer when the work was done, else absent.
 * @returns what the client was told, or `undefined` when it was told nothing whole
 */
export async function performFault(
  res: ServerResponse,
  action: DisruptiveAction,
  reply?: Reply,
): Promise<Reply | undefined> {
  switch (action.type) {
    case 'hang':
      return undefined; // The socket stays open until the client gives up or the sandbox closes.
    case 'reset':
    case 'drop_after_commit':
    case 'late_commit':
      res.socket?.resetAndDestroy();
      return undefined;
    case 'truncate':
      truncate(res, reply, action.bytes);
      return undefined;
    case 'slow_drip':
      await drip(res, reply ?? { status: 200 }, action.ms_per_byte);
      return reply;
    case 'duplicate_response':
      sendTwice(res, reply ?? { status: 200 });
      return reply;
    case 'stale_read':
      sendReply(res, reply ?? { status: 200 });
      return reply;
    default: {
      const told = replacement(action, reply);
      sendReply(res, told);
      return told;
    }
  }
}

type Replacing = Extract<
  DisruptiveAction,
  { type: 'status' | 'html' | 'empty' | 'wrong_content_type' | 'retry_after' }
>;

function replacement(action: Replacing, reply: Reply | undefined): Reply {
  switch (action.type) {
    case 'status':
      return {
        status: action.status,
        headers: { 'content-type': 'application/json;charset=UTF-8', ...action.headers },
        body: action.body,
      };
    case 'retry_after':
      return {
        status: action.status,
        headers: { 'content-type': 'application/json;charset=UTF-8', 'retry-after': String(action.seconds) },
        body: action.body,
      };
    case 'html':
      return { status: action.status, headers: { 'content-type': 'text/html;charset=UTF-8' }, body: HTML_ERROR_PAGE };
    case 'empty':
      return { status: action.status ?? reply?.status ?? 200, headers: reply?.headers };
    case 'wrong_content_type':
      return {
        status: reply?.status ?? 200,
        headers: { ...reply?.headers, 'content-type': action.content_type },
        body: reply?.body,
      };
  }
}

/** Announces the whole length and breaks off: the client must notice that the answer is not complete. */
function truncate(res: ServerResponse, reply: Reply | undefined, bytes: number | undefined): void {
  const whole = Buffer.from(reply?.body ?? '');
  const part = whole.subarray(0, Math.min(bytes ?? Math.floor(whole.length / 2), Math.max(0, whole.length - 1)));
  res.writeHead(reply?.status ?? 200, {
    ...(reply?.headers as Record<string, string | string[]> | undefined),
    'content-length': Math.max(whole.length, 1),
  });
  res.write(part, () => res.socket?.destroy());
}

/**
 * The whole answer and then the same again, as a broken proxy does it. In one piece, so that the second one is there
 * before the client can ask anything else on this line; whoever takes it for the next answer takes another's record for
 * his own.
 */
function sendTwice(res: ServerResponse, reply: Reply): void {
  const headers = { ...res.getHeaders(), ...reply.headers };
  const body = Buffer.from(reply.body ?? '');
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => `${name}: ${String(one)}`),
  );
  if (reply.status !== 204 && reply.status !== 304) lines.push(`content-length: ${body.length}`);
  const head = [`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}`, ...lines, '', ''].join('\r\n');
  const whole = Buffer.concat([Buffer.from(head, 'latin1'), body]);
  res.socket?.end(Buffer.concat([whole, whole]));
}

async function drip(res: ServerResponse, reply: Reply, msPerByte: number): Promise<void> {
  const whole = Buffer.from(reply.body ?? '');
  res.writeHead(reply.status, {
    ...(reply.headers as Record<string, string | string[]> | undefined),
    'content-length': whole.length,
  });
  for (let at = 0; at < whole.length && !res.destroyed; at++) {
    res.write(whole.subarray(at, at + 1));
    await pause(msPerByte);
  }
  res.end();
}
