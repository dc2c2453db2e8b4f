import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { systemCode } from '@hub/local-services';
import { readDevFile, type DevFileContent } from '../data-folder/dev-file';
import { HubClient } from '../hub-client';
import { LauncherError } from '../launcher-error';
import { readLauncherSettings } from '../settings/launcher-settings';
import { runCaseStudy } from './case-study';
import { measureCaseStudy } from './case-study-figures';
import { demoEvents } from './demo-events';
import { isAsExpected, sendAndFollow, type Journey } from './follow';
import { compareSinks, SandboxReader, type Finding } from './sandbox-reader';
import { renderTable, type Column } from './table';

/** Longer than a first retry, shorter than patience. */
const SETTLE_TIMEOUT_MS = 90_000;
const CONNECTIONS = z.object({ data: z.array(z.object({ id: z.string(), name: z.string() })) });
const START_FIRST = 'Start one in another terminal with npm start (and the same HUB_DATA_DIR, if you set it).';

const COLUMNS: readonly Column[] = [
  { title: 'tenant' },
  { title: 'event' },
  { title: 'what is special' },
  { title: 'answer' },
  { title: 'accepted ms', align: 'right' },
  { title: 'arrived at' },
  { title: 'settled ms', align: 'right' },
  { title: 'status' },
];

async function main(): Promise<number> {
  const sales = readSales();
  const dev = await findHub();
  if (sales !== null) return (await measureCaseStudy(dev, sales)) ? 0 : 1;
  const sandbox = new SandboxReader(dev);
  const sinksBefore = await sandbox.sinkCounts();
  const events = demoEvents(randomBytes(4).toString('hex'), new Date());
  const byTenant = await Promise.all(
    dev.tenants.map(async ({ slug, api_key: key }) => {
      const client = new HubClient(dev.api_url, key);
      const { data } = CONNECTIONS.parse(await client.demand('GET', '/v1/connections?limit=200'));
      const own = events.filter(({ tenant }) => tenant === slug);
      return sendAndFollow(client, own, new Map(data.map(({ id, name }) => [id, name])), SETTLE_TIMEOUT_MS);
    }),
  );
  const journeys = byTenant.flat();
  console.log(renderTable(COLUMNS, journeys.map(row)));
  const findings = [...(await sandbox.checkRecords()), ...compareSinks(sinksBefore, await sandbox.sinkCounts())];
  console.log(`\nAt the sandbox:\n${findings.map(({ ok, text }) => `  ${ok ? '✓' : '✗'} ${text}`).join('\n')}`);
  const arrived = await runCaseStudy(dev);
  const code = conclude(journeys, findings, dev);
  if (arrived) return code;
  console.log(
    'Of the case study something is missing. After a restart that is so: the sandbox counts anew, and the hub still has the links of its former records. Start with another HUB_DATA_DIR.',
  );
  return 1;
}

/** `--sales 20`: the case study that often, and its figures, instead of the whole demo. */
function readSales(): number | null {
  const { values } = parseArgs({ options: { sales: { type: 'string' } } });
  if (values.sales === undefined) return null;
  if (/^[1-9]\d{0,3}$/.test(values.sales)) return Number(values.sales);
  throw new LauncherError(`--sales ${values.sales} is no number of sales`, 'Give one from 1 to 9999.');
}

async function findHub(): Promise<DevFileContent> {
  const settings = readLauncherSettings(process.cwd());
  if (!settings.ok) throw new LauncherError(`settings are wrong: ${settings.error.join('; ')}`, START_FIRST);
  const file = join(settings.value.dataFolder, 'dev.json');
  const dev = await readDevFile(file);
  if (!dev.ok) {
    throw new LauncherError(
      dev.error === 'absent' ? `no hub is running (there is no ${file})` : `${file} cannot be read`,
      START_FIRST,
    );
  }
  try {
    const response = await fetch(`${dev.value.api_url}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    if (response.status !== 200) throw new LauncherError(`the hub is not ready: ${await response.text()}`, START_FIRST);
  } catch (error) {
    if (error instanceof LauncherError) throw error;
    const code = systemCode(error instanceof Error ? error.cause : undefined) ?? 'no answer';
    throw new LauncherError(`no hub answers at ${dev.value.api_url} (${code}); ${file} is left over`, START_FIRST);
  }
  return dev.value;
}

function row(journey: Journey): string[] {
  const { event, answer, acceptedMs, arrivals, settledMs, status, duplicate } = journey;
  const where = arrivals.map(({ connection, status: state, externalId }) => {
    const what = state === 'succeeded' ? (externalId ?? 'taken') : state;
    return `${connection}: ${what}`;
  });
  return [
    event.tenant,
    event.body.type,
    event.label,
    duplicate ? `${answer} duplicate` : String(answer),
    acceptedMs.toFixed(1),
    where.length === 0 ? '–' : where.join('\n'),
    settledMs === null ? 'not yet' : settledMs.toFixed(0),
    isAsExpected(journey) ? status : `${status} (${event.expectation} expected)`,
  ];
}

function conclude(journeys: readonly Journey[], findings: readonly Finding[], dev: DevFileContent): number {
  const unexpected = journeys.filter((journey) => !isAsExpected(journey)).length;
  const wrong = findings.filter(({ ok }) => !ok).length;
  if (unexpected + wrong === 0) {
    console.log(
      `\nAll ${journeys.length} events went as they should. See for yourself: ${dev.salesforce_url}/ and ${dev.sandbox_url}/sinks`,
    );
    return 0;
  }
  console.log(`\n${unexpected} events and ${wrong} findings are not as they should be; the hub's logs say more.`);
  return 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const text =
      error instanceof LauncherError
        ? `${error.message}\n${error.cure}`
        : error instanceof Error
          ? error.stack
          : String(error);
    console.error(`The demo cannot run: ${text}`);
    process.exit(1);
  },
);
