import { parseArgs } from 'node:util';

/** What `all` runs. */
const LIGHT = ['accept', 'deliver', 'latency', 'salesforce', 'tenants', 'breaker', 'audit', 'start'] as const;
/** Run when named, or by `all --heavy`: long, large, or with a download. */
const HEAVY = ['backlog', 'lists', 'memory', 'n8n'] as const;
const BENCHMARKS = [...LIGHT, ...HEAVY] as const;
export type BenchmarkName = (typeof BENCHMARKS)[number];
export type QueueKind = 'redis' | 'postgres';

export interface BenchOptions {
  readonly benchmarks: readonly BenchmarkName[];
  /** Length of each measured stretch of load. */
  readonly seconds: number;
  /** Every figure is the median of this many. */
  readonly runs: number;
  /** `null`: what the benchmark itself asks for. */
  readonly queue: QueueKind | null;
  /** Connections of the closed-loop load. */
  readonly connections: number;
  /** Events of one delivery run. */
  readonly events: number;
  /** Due deliveries that are laid in for the backlog benchmark, and events for the lists. */
  readonly backlog: number;
  /** Tenants of the tenants benchmark, with five connections each. */
  readonly tenants: number;
  /** Length of the soak of the memory benchmark. */
  readonly minutes: number;
  /** Rows whose name holds one of these words; empty for all. */
  readonly only: readonly string[];
  /** File for the figures as JSON. */
  readonly json: string | null;
  /** Folder for CPU profiles of API and worker; profiling costs throughput, so such figures are not for the record. */
  readonly profile: string | null;
  /** Have Postgres gather statistics once a backlog is laid in, as autovacuum does within a minute. */
  readonly analyze: boolean;
  /** Show where Postgres spent its time; costs it a few per cent. */
  readonly statements: boolean;
  /** Flags of Node.js for API and worker, to try them out. */
  readonly nodeFlags: readonly string[];
}

export const USAGE = `npm run bench -- <name …|all> [options]
  ${LIGHT.join(', ')}: what "all" runs
  ${HEAVY.join(', ')}: only when named, or by "all --heavy"
    (backlog, lists: 1,000,000 deliveries, some GB of disk; memory: half an hour; n8n: installs it, 2 GB)

  --seconds n       length of each stretch of load (10)
  --runs n          runs of each row, of which the median counts (3)
  --events n        events of one delivery run (20000)
  --connections n   keep-alive connections of the accept load (128)
  --backlog n       deliveries laid in for backlog, events for lists (1000000)
  --tenants n       tenants of tenants, five connections each (1000)
  --minutes n       soak of memory (30)
  --queue kind      redis or postgres; without it, latency measures both and the others take redis
  --only a,b        only rows whose name holds one of these words
  --heavy           "all" runs the heavy ones, too
  --json file       write the figures as JSON, too
  --profile folder  CPU profiles of API and worker (such figures are not for the record)
  --analyze         ANALYZE once a backlog is laid in, as autovacuum does within a minute
  --statements      the costliest SQL statements after each run
  --node-flags "…"  flags of Node.js for API and worker, to try them out

  BENCH_CACHE       folder that n8n is installed into and found in again (the system's temporary folder)`;

/** @throws Error with a sentence for the user */
export function parseOptions(argv: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '10' },
      runs: { type: 'string', default: '3' },
      events: { type: 'string', default: '20000' },
      connections: { type: 'string', default: '128' },
      backlog: { type: 'string', default: '1000000' },
      tenants: { type: 'string', default: '1000' },
      minutes: { type: 'string', default: '30' },
      queue: { type: 'string' },
      only: { type: 'string', default: '' },
      json: { type: 'string' },
      profile: { type: 'string' },
      analyze: { type: 'boolean', default: false },
      statements: { type: 'boolean', default: false },
      heavy: { type: 'boolean', default: false },
      'node-flags': { type: 'string', default: '' },
    },
  });
  const benchmarks = chosen(positionals, values.heavy);
  const { queue } = values;
  if (queue !== undefined && queue !== 'redis' && queue !== 'postgres')
    throw new Error('--queue takes redis or postgres.');
  return {
    benchmarks,
    seconds: positive('seconds', values.seconds),
    runs: positive('runs', values.runs),
    events: positive('events', values.events),
    connections: positive('connections', values.connections),
    backlog: positive('backlog', values.backlog),
    tenants: positive('tenants', values.tenants),
    minutes: positive('minutes', values.minutes),
    queue: queue ?? null,
    only: values.only.split(',').filter((word) => word !== ''),
    json: values.json ?? null,
    profile: values.profile ?? null,
    analyze: values.analyze,
    statements: values.statements,
    nodeFlags: values['node-flags'].split(' ').filter((flag) => flag !== ''),
  };
}

function chosen(wanted: readonly string[], heavy: boolean): BenchmarkName[] {
  if (wanted.length === 0) throw new Error('Name a benchmark, or "all".');
  const unknown = wanted.find((name) => name !== 'all' && !BENCHMARKS.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`There is no benchmark "${unknown}".`);
  const all: readonly string[] = heavy ? BENCHMARKS : LIGHT;
  return BENCHMARKS.filter((name) => wanted.includes(name) || (wanted.includes('all') && all.includes(name)));
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number from 1.`);
  return value;
}
