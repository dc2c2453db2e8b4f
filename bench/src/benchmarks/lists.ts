import { Latencies } from '../load/latencies';
import { type BenchOptions } from '../options';
import { type Figures, type Section } from '../report/report';
import { createTenant, postTo, type HubTenant } from '../stage/hub-tenant';
import { layEvents } from '../stage/lay-events';
import { type Served, type Stage } from '../stage/stage';
import { alternate } from './subject';

/** As many as the portal asks for at once. */
const LIMIT = 100;
const ASKED = 40;
const TARGET_MS = 200;
/** Nothing is delivered here. */
const NOWHERE = 'http://127.0.0.1:9';
/** The longest walk to the end of a search that is still waited for. */
const MOST_PAGES = 1_000;

interface Laid {
  readonly api: Served;
  readonly tenant: HubTenant;
  readonly rareConnection: string;
}

/** What a portal asks of a tenant with very many events, for each filter that it offers: how soon a page is there. */
export async function benchLists(stage: Stage, options: BenchOptions): Promise<Section> {
  const count = options.backlog;
  const laid = await prepare(stage, options);
  try {
    const subjects = filtersOf(laid, count).map(([name, path]) => ({ name, run: () => measure(laid, path) }));
    return {
      name: `lists of ${count.toLocaleString('en-US')} events`,
      rows: await alternate(stage, subjects, options),
      baselines: [],
      figure: 'p95 ms',
      targets: subjects.map(({ name }) => ({ row: name, figure: 'p95 ms', relation: 'at most', value: TARGET_MS })),
    };
  } finally {
    await laid.api.stop();
  }
}

async function prepare(stage: Stage, options: BenchOptions): Promise<Laid> {
  await stage.clear();
  await stage.clearTenants();
  const api = await stage.startApi(options.queue ?? 'redis');
  try {
    const tenant = await createTenant({ apiUrl: api.url, operatorKey: stage.operatorKey, sinkUrl: NOWHERE });
    const post = (path: string, body: unknown) => postTo(api.url, tenant.apiKey, path, body);
    const { id } = await post('/v1/connections', {
      name: 'Rare',
      connector: 'http',
      config: { url: `${NOWHERE}/in` },
      credentials: {},
    });
    await post('/v1/routes', {
      name: 'Rare',
      event_type: 'rare.*',
      connection_id: id,
      operation: 'request.send',
    });
    await layEvents(stage, tenant.id, options.backlog);
    return { api, tenant, rareConnection: String(id) };
  } catch (error) {
    await api.stop();
    throw error;
  }
}

/** What is rare is at the far end: such a filter is answered without an index, with what was found in time. */
function filtersOf({ tenant, rareConnection }: Laid, count: number): [string, string][] {
  const day = 86_400_000;
  const between = new URLSearchParams({
    from: new Date(Date.now() - 4 * day).toISOString(),
    to: new Date(Date.now() - 3 * day).toISOString(),
  }).toString();
  const middle = Math.floor(count / 2);
  const common = tenant.connectionId;
  const events = {
    all: '',
    ...statuses(['pending', 'processing', 'succeeded', 'failed', 'unrouted']),
    type: 'type=invoice.t7',
    'rare type': 'type=rare.happened',
    subject: `subject=invoice/${middle}`,
    'event id': `event_id=laid-${middle}`,
    'rare source': 'source=elsewhere',
    connection: `connection_id=${common}`,
    'rare connection': `connection_id=${rareConnection}`,
    'a day': between,
    'status and a day': `status=unrouted&${between}`,
    'text, common': 'q=buchhaltung',
    'text, once': `q=${String(middle).padStart(9, '0')}`,
    'text, nowhere': 'q=nobody-wrote-this',
  };
  const deliveries = {
    all: '',
    ...statuses(['pending', 'delivering', 'retrying', 'held', 'succeeded', 'dead', 'cancelled', 'superseded']),
    category: 'category=validation',
    'dead of a category': 'status=dead&category=permission',
    connection: `connection_id=${common}`,
    'rare connection': `connection_id=${rareConnection}`,
    'type of event': 'event_type=invoice.t7',
    'a day': between,
  };
  const groups = { all: '', connection: `connection_id=${common}`, category: 'category=validation', 'a day': between };
  const paths = [
    ['events', '/v1/events', events],
    ['deliveries', '/v1/deliveries', deliveries],
    ['dead letters', '/v1/dead-letters/groups', groups],
  ] as const;
  return paths.flatMap(([list, path, filters]) =>
    Object.entries(filters).map(([name, query]): [string, string] => [`${list}: ${name}`, `${path}?${query}`]),
  );
}

function statuses(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `status=${name}`]));
}

interface Answer {
  readonly data: readonly unknown[];
  readonly next_cursor: string | null;
}

/** The first page again and again; then, once, as many pages as it takes to have a row, or to know that there is none. */
async function measure(laid: Laid, path: string): Promise<Figures> {
  const latencies = new Latencies();
  await ask(laid, path);
  for (let asked = 0; asked < ASKED; asked++) {
    const started = performance.now();
    await ask(laid, path);
    latencies.add(performance.now() - started);
  }
  const { p50, p95, max } = latencies.summary();
  const started = performance.now();
  let pages = 0;
  for (let cursor: string | null = ''; cursor !== null && pages < MOST_PAGES;) {
    const { data, next_cursor: next }: Answer = await ask(laid, path, cursor);
    pages += 1;
    cursor = data.length > 0 ? null : next;
  }
  const until = performance.now() - started;
  return { 'p50 ms': p50, 'p95 ms': p95, 'max ms': max, 'first row ms': until, 'after pages': pages };
}

async function ask({ api, tenant }: Laid, path: string, cursor = ''): Promise<Answer> {
  const from = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
  const response = await fetch(`${api.url}${path}&limit=${LIMIT}${from}`, {
    headers: { authorization: `Bearer ${tenant.apiKey}` },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${path} was answered ${response.status}: ${text}`);
  return JSON.parse(text) as Answer;
}
