import { setTimeout as delay } from 'node:timers/promises';
import { type SandboxControl } from '@hub/testing';
import { RequestTemplate } from '../load/events';
import { closedLoop } from '../load/load';
import { type BenchOptions } from '../options';
import { type Figures, type Section } from '../report/report';
import { cpuSeconds } from '../stage/cpu-time';
import { createTenantWith } from '../stage/hub-tenant';
import { type Stage } from '../stage/stage';
import { run } from './accept';
import { alternate } from './subject';

const BATCH = 100;
const SETTLES_WITHIN_MS = 120_000;
/** More than any run needs; what a vendor's budget does to the pace is not asked here. */
const CALLS_A_DAY = '10000000';

const MAPPING = `{
  "Name": $uppercase(customer.name) & " " & number,
  "BillingCountry": customer.country,
  "AnnualRevenue": $sum(lines.(quantity * unit_price)),
  "Description": $join(lines.description, ", ")
}`;

/** Cheap: asked again and again beside the work that is measured. */
const IS_OPEN = `select exists (select 1 from deliveries where status in ('pending', 'delivering', 'retrying', 'held')) as open`;
const DONE = `select count(*)::int as done from deliveries where status = 'succeeded'`;
const BEGAN = `select extract(epoch from min(started_at)) * 1000 as at_ms, count(distinct started_at)::int as calls from attempts`;

const DEFAULTS = 'hub, settings as they come';
const MOST_CALLS = 'hub, 10 calls at once';
const COLLECTIONS = 'hub, 10 calls at once, waiting records by 1,000';

/** Invoices become accounts in the stand-in for Salesforce, by upsert, and by its bulk calls. */
export async function benchSalesforce(stage: Stage, options: BenchOptions): Promise<Section> {
  const subjects = [
    { name: DEFAULTS, run: () => measure(stage, options, {}) },
    { name: MOST_CALLS, run: () => measure(stage, options, { concurrency: 10 }) },
    { name: COLLECTIONS, run: () => measure(stage, options, { concurrency: 10, bulk_threshold: 1_000 }) },
  ];
  return {
    name: `salesforce: ${options.events} records (${options.queue ?? 'redis'})`,
    rows: await alternate(stage, subjects, options),
    baselines: [DEFAULTS],
    figure: 'records/s',
    targets: [{ row: DEFAULTS, figure: 'records/s', relation: 'at least', value: 4_000 }],
  };
}

/** The backlog is complete before the worker starts; the clock runs from its first call until no delivery is open. */
async function measure(
  stage: Stage,
  options: BenchOptions,
  config: Readonly<Record<string, unknown>>,
): Promise<Figures> {
  const queue = options.queue ?? 'redis';
  await stage.clear();
  const sandbox = await stage.startSandbox(['--daily-api-limit', CALLS_A_DAY]);
  const api = await stage.startApi(queue);
  try {
    const connection = await accountOf(sandbox.control, config);
    const plan = { apiUrl: api.url, operatorKey: stage.operatorKey };
    const { apiKey } = await createTenantWith(plan, { connection, operation: 'account.upsert', mapping: MAPPING });
    const template = RequestTemplate.of(api.url, apiKey, run(), BATCH);
    const requests = Math.ceil(options.events / BATCH);
    const load = await closedLoop({ url: api.url, template, connections: 4, requests });
    if (load.failures > 0) throw new Error(`${load.failures} posts failed: ${JSON.stringify(load.statuses)}`);
    if (options.analyze) await stage.admin.query('analyze');
    const spent = (): number[] => [sandbox.pid, stage.postgresPid].map((pid) => cpuSeconds(pid) ?? NaN);
    const before = spent();
    const worker = await stage.startWorker(queue);
    const atStart = cpuSeconds(worker.pid) ?? NaN;
    try {
      const settledMs = await untilSettled(stage, load.events);
      const began = (await stage.admin.query<{ at_ms: string; calls: number }>(BEGAN)).rows[0];
      const seconds = (settledMs - Number(began?.at_ms)) / 1_000;
      const after = spent();
      const perThousand = (cpu: number): number => (cpu * 1_000_000) / load.events;
      return {
        'records/s': load.events / seconds,
        'records/call': load.events / (began?.calls ?? NaN),
        'ms/1,000 worker': perThousand((cpuSeconds(worker.pid) ?? NaN) - atStart),
        'ms/1,000 postgres': perThousand((after[1] ?? NaN) - (before[1] ?? NaN)),
        'ms/1,000 stand-in': perThousand((after[0] ?? NaN) - (before[0] ?? NaN)),
      };
    } finally {
      await worker.stop();
    }
  } finally {
    await api.stop();
    await sandbox.stop();
  }
}

async function accountOf(
  control: SandboxControl,
  config: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const account = (await control.accounts())[0];
  if (account === undefined) throw new Error('the sandbox has no Salesforce org');
  return {
    name: 'Salesforce',
    connector: 'salesforce',
    config: { login_url: control.salesforceUrl, instance_url: control.salesforceUrl, ...config },
    credentials: {
      client_id: account.clientId,
      client_secret: account.clientSecret,
      refresh_token: account.refreshToken,
    },
  };
}

/** @throws Error when a record was refused: a pace with failures in it is none. */
async function untilSettled(stage: Stage, events: number): Promise<number> {
  const deadline = Date.now() + SETTLES_WITHIN_MS;
  const isOpen = async (): Promise<boolean> =>
    (await stage.admin.query<{ open: boolean }>(IS_OPEN)).rows[0]?.open !== false;
  while (await isOpen()) {
    if (Date.now() > deadline) throw new Error('the deliveries did not settle');
    await delay(50);
  }
  const atMs = Date.now();
  const done = (await stage.admin.query<{ done: number }>(DONE)).rows[0]?.done;
  if (done !== events) throw new Error(`${done} of ${events} records were taken`);
  return atMs;
}
