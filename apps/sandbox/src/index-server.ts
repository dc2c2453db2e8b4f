import { ADMIN_PREFIX, handleAdmin, type AdminHandler } from './kernel/control-plane';
import { html, htmlPage } from './kernel/html';
import {
  jsonReply,
  listen,
  readBody,
  sendReply,
  toExchange,
  type Exchange,
  type Listening,
  type Reply,
} from './kernel/http-frame';
import { Router } from './kernel/router';
import { VENDORS, type Vendor } from './vendors';
import { addSinkControls } from './sink/sink.control';
import { handleSink, SINK_PREFIX } from './sink/sink.handler';
import { sinkListPage, sinkPage } from './sink/sink.page';
import { SinkStore } from './sink/sink-store';

export interface IndexServerOptions {
  readonly host: string;
  readonly port: number;
  readonly controlToken: string;
  readonly urls: Readonly<Record<Vendor, string>>;
}

/** The front door: which stand-ins run and where, and the HTTP sinks. */
export function startIndex(options: IndexServerOptions): Promise<Listening> {
  const store = new SinkStore();
  const admin = addSinkControls(new Router<AdminHandler>(), store);
  return listen(
    (req, res) => {
      const fail = (error: unknown): void => {
        process.stderr.write(`sandbox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
        res.destroy();
      };
      if (req.url?.startsWith(SINK_PREFIX)) {
        handleSink(store, req, res).catch(fail);
        return;
      }
      readBody(req)
        .then((body) => sendReply(res, route(options, store, admin, toExchange(req, body))))
        .catch(fail);
    },
    options.host,
    options.port,
  );
}

function route(options: IndexServerOptions, store: SinkStore, admin: Router<AdminHandler>, exchange: Exchange): Reply {
  const { method, path } = exchange;
  if (path === ADMIN_PREFIX || path.startsWith(`${ADMIN_PREFIX}/`))
    return handleAdmin(admin, options.controlToken, exchange);
  if (method !== 'GET') return jsonReply(405, { error: 'method not allowed' }, { allow: 'GET' });
  if (path === '/') return indexPage(options, store);
  if (path === '/health') return jsonReply(200, { status: 'ok' });
  if (path === '/sinks') return sinkListPage(store);
  const name = /^\/sinks\/([A-Za-z0-9._-]{1,64})$/.exec(path)?.[1];
  return name === undefined ? jsonReply(404, { error: 'not found' }) : sinkPage(name, store.find(name));
}

const VENDOR_TEXTS: Readonly<Record<Vendor, readonly [string, string]>> = {
  salesforce: ['Salesforce', 'REST API, OAuth, Bulk API 2.0 and outbound messages of two customer orgs.'],
  quickbooks: ['QuickBooks Online', 'Accounting API, OAuth, change data capture and webhooks of two companies.'],
  netsuite: ['NetSuite', 'REST records, SuiteQL, OAuth 2.0 and token-based authentication of two accounts.'],
  erp: ['Legacy ERP', 'SOAP with WS-Security, of two companies.'],
};

function indexPage({ urls }: IndexServerOptions, store: SinkStore): Reply {
  const received = store.all().reduce((sum, { total }) => sum + total, 0);
  const body = html`<h1>Vendor sandbox</h1>
    <p class="lead">
      Local stand-ins that answer as the real systems do, for demos, tests and dry runs. Data lives in memory and is
      gone after a restart.
    </p>
    <div class="grid">
      ${VENDORS.map((vendor) => {
        const [name, text] = VENDOR_TEXTS[vendor];
        return html`<div class="card">
          <h2><a href="${urls[vendor]}/">${name}</a></h2>
          <p>${text}</p>
          <code>${urls[vendor]}</code>
        </div>`;
      })}
      <div class="card">
        <h2><a href="/sinks">HTTP sinks</a></h2>
        <p>Any endpoint or webhook receiver. ${received} requests so far.</p>
        <code>/sink/&lt;name&gt;</code>
      </div>
    </div>`;
  return htmlPage('Vendor sandbox', body, { refreshSeconds: 5 });
}
