import { html, htmlPage, type Html } from '../kernel/html';
import { type Reply } from '../kernel/http-frame';
import { redactText } from '../kernel/redaction';
import { type Sink, type SinkRequest, type SinkStore } from './sink-store';

const SHOWN = 50;
const SHOWN_CHARS = 2_000;

/** `GET /sinks` */
export function sinkListPage(store: SinkStore): Reply {
  const sinks = store.all();
  const rows = sinks.map((sink) => {
    const counts = sink.counts();
    return html`<tr>
      <td><a href="/sinks/${sink.name}">${sink.name}</a></td>
      <td>${counts.total}</td>
      <td>${counts.accepted}</td>
      <td>${counts.accepted_distinct_keys}</td>
      <td>${counts.accepted_duplicates}</td>
    </tr>`;
  });
  const body = html`<p><a href="/">← Sandbox</a></p>
    <h1>HTTP sinks</h1>
    <p class="lead">
      Anything sent to <code>/sink/&lt;name&gt;</code> arrives here. A sink appears with its first request.
    </p>
    <div class="card">
      ${
        sinks.length === 0
          ? html`<p>Nothing has arrived yet.</p>`
          : html`<table>
              <thead>
                <tr>
                  <th>Sink</th>
                  <th>Requests</th>
                  <th>Accepted</th>
                  <th>Distinct keys accepted</th>
                  <th>Duplicates accepted</th>
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>`
      }
    </div>`;
  return htmlPage('HTTP sinks', body, { refreshSeconds: 3 });
}

/** `GET /sinks/<name>`: the newest requests first, bodies readable, no credentials. */
export function sinkPage(name: string, sink: Sink | undefined): Reply {
  const counts = sink?.counts();
  const newest = sink ? sink.requests(sink.total - SHOWN, SHOWN).reverse() : [];
  const body = html`<p><a href="/sinks">← All sinks</a></p>
    <h1>Sink ${name}</h1>
    <p>
      <span class="pill">${counts?.total ?? 0} requests</span
      ><span class="pill">${counts?.accepted ?? 0} accepted</span>
      <span class="pill">${counts?.accepted_distinct_keys ?? 0} distinct keys</span
      ><span class="pill">${counts?.accepted_duplicates ?? 0} duplicates</span>
    </p>
    <div class="card">
      ${
        newest.length === 0
          ? html`<p>Nothing has arrived yet.</p>`
          : html`<table>
              <thead>
                <tr>
                  <th>#</th>
                  <th>Arrived</th>
                  <th>Request</th>
                  <th>Key</th>
                  <th>Body</th>
                </tr>
              </thead>
              <tbody>
                ${newest.map(row)}
              </tbody>
            </table>`
      }
    </div>`;
  return htmlPage(`Sink ${name}`, body, { refreshSeconds: 3 });
}

function row({ seq, at, method, url, rawHeaders, body, accepted }: SinkRequest): Html {
  const header = (name: string): string | undefined => {
    const index = rawHeaders.findIndex((text, position) => position % 2 === 0 && text.toLowerCase() === name);
    return index < 0 ? undefined : rawHeaders[index + 1];
  };
  return html`<tr>
    <td>${seq}</td>
    <td>${new Date(at).toISOString().replace('T', ' ')}</td>
    <td><code>${method} ${redactText(url)}</code>${accepted ? null : html` <span class="pill">not accepted</span>`}</td>
    <td><code>${header('idempotency-key') ?? header('webhook-id')}</code></td>
    <td><pre>${readable(body)}</pre></td>
  </tr>`;
}

function readable(body: Buffer): string {
  const text = redactText(body.toString('utf8', 0, SHOWN_CHARS));
  try {
    return body.length <= SHOWN_CHARS ? JSON.stringify(JSON.parse(text), null, 1) : `${text}…`;
  } catch {
    return text;
  }
}
