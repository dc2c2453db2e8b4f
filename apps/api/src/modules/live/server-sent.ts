/** One message of an event stream (HTML Living Standard, section 9.2). JSON text has no line breaks of its own. */
export function message(name: string, data: unknown, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Tells nobody anything but that the line is open; whoever comes back later comes back to here. */
export function heartbeat(id: string): string {
  return `: still here\nid: ${id}\n\n`;
}

export const EVENT_STREAM = 'text/event-stream';

/**
 * Neither kept nor held back by whoever stands in between; and the line ends with the stream, or a process that stops would
 * wait for it as it does for every line that may still be used.
 */
export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  connection: 'close',
  'content-type': `${EVENT_STREAM}; charset=utf-8`,
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};
