import { ADMIN_PREFIX, ControlError, parseControl, queryInteger, type AdminRouter } from '../kernel/control-plane';
import { jsonReply } from '../kernel/http-frame';
import { SINK_BEHAVIOUR, SinkBehaviour } from './sink-behaviour';
import { type Sink, type SinkRequest, type SinkStore } from './sink-store';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

export function addSinkControls(router: AdminRouter, store: SinkStore): AdminRouter {
  const required = (name: string): Sink => {
    const sink = /^[A-Za-z0-9._-]{1,64}$/.test(name) ? store.open(name) : undefined;
    if (!sink)
      throw new ControlError(
        400,
        'a sink name has 1 to 64 letters, digits, dots, dashes or underscores, and at most 1000 sinks fit',
      );
    return sink;
  };
  return router
    .on('POST', `${ADMIN_PREFIX}/reset`, () => {
      store.clear();
      return { status: 204 };
    })
    .on('GET', `${ADMIN_PREFIX}/sinks`, () =>
      jsonReply(200, { sinks: store.all().map((sink) => ({ name: sink.name, ...sink.counts() })) }),
    )
    .on('GET', `${ADMIN_PREFIX}/sinks/:name`, ({ query }, { name = '' }) => {
      const sink = store.find(name);
      const page =
        sink?.requests(
          queryInteger(query, 'after', 0, Number.MAX_SAFE_INTEGER),
          queryInteger(query, 'limit', 100, 10_000),
        ) ?? [];
      const counts = (sink ?? required(name)).counts();
      const last = page.at(-1);
      return jsonReply(200, {
        name,
        ...counts,
        requests: page.map(show),
        next_after: last && last.seq < counts.total ? last.seq : null,
      });
    })
    .on('DELETE', `${ADMIN_PREFIX}/sinks/:name`, (_exchange, { name = '' }) => {
      store.remove(name);
      return { status: 204 };
    })
    .on('GET', `${ADMIN_PREFIX}/sinks/:name/behaviour`, (_exchange, { name = '' }) =>
      jsonReply(200, { rules: required(name).behaviour?.describe() ?? [] }),
    )
    .on('PUT', `${ADMIN_PREFIX}/sinks/:name/behaviour`, (exchange, { name = '' }) => {
      const { rules } = parseControl(SINK_BEHAVIOUR, exchange);
      required(name).behaviour = rules.length === 0 ? undefined : new SinkBehaviour(rules);
      return { status: 204 };
    });
}

/** Headers are shown as they came, credentials included: whoever holds the control token tests exactly those. */
function show({ seq, at, method, url, rawHeaders, body, accepted }: SinkRequest): object {
  const headers: Record<string, string> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return { seq, at, method, url, headers, ...bodyOf(body), accepted };
}

function bodyOf(body: Buffer): { body: string } | { body_base64: string } {
  try {
    return { body: UTF8.decode(body) };
  } catch {
    return { body_base64: body.toString('base64') };
  }
}
