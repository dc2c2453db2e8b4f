import { type DevFileContent } from '../data-folder/dev-file';
import { seconds } from './terminal';

export interface WelcomeFacts {
  readonly dev: DevFileContent;
  /** As the person wrote it. */
  readonly dataFolder: string;
  readonly redisVersion: string | null;
  readonly afterMs: number;
}

/** What a stranger needs to get an event through: what runs where, the keys, a line to paste, and where to look. */
export function welcome({ dev, dataFolder, redisVersion, afterMs }: WelcomeFacts): string {
  const [first] = dev.tenants;
  const keys = dev.tenants.map(({ slug, tier, api_key: key }) => `  ${`tenant ${slug}`.padEnd(16)} ${key}   (${tier})`);
  return [
    '',
    `The hub is ready, after ${seconds(afterMs)}.`,
    '',
    `  Portal           ${dev.portal_url}`,
    `  API              ${dev.api_url}   (reference: ${dev.api_url}/docs)`,
    `  Sandbox          ${dev.sandbox_url}   (stand-ins for the vendors; their data is gone when the hub stops)`,
    `  Metrics          ${dev.metrics_url} and ${dev.worker_metrics_url}`,
    `  Queue            ${queueText(dev, redisVersion)}`,
    `  Data and logs    ${dataFolder}   (for scripts: ${dataFolder}/dev.json)`,
    '',
    ...keys,
    `  ${'operator'.padEnd(16)} ${dev.operator_key}`,
    ...(first === undefined ? [] : ['', ...signIn(dev, first), '', ...firstEvent(dev, first)]),
    '',
    'A whole set of events, and a table of what became of them: npm run demo',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}

function queueText(dev: DevFileContent, redisVersion: string | null): string {
  if (dev.redis_url === null) return 'on PostgreSQL; install redis for about 14 times the queue throughput';
  return redisVersion === null ? 'on the Redis of REDIS_URL' : `on Redis ${redisVersion}`;
}

function signIn(dev: DevFileContent, { users }: DevFileContent['tenants'][number]): string[] {
  const admin = users.find(({ role }) => role === 'admin');
  if (admin === undefined) return [];
  return [
    `Sign in to the portal as ${admin.email} or ${dev.operator.email}, password ${admin.password}`,
    '(and as owner, developer, support, compliance or viewer of each tenant, with the same one).',
  ];
}

function firstEvent(dev: DevFileContent, { slug, api_key: key }: DevFileContent['tenants'][number]): string[] {
  return [
    'Paste this to send an invoice to a (simulated) Salesforce and to an HTTP endpoint:',
    '',
    invoiceCurl(dev.api_url, key),
    '',
    `  then look at   ${dev.salesforce_url}/?object=Invoice__c   and   ${dev.sandbox_url}/sinks/${slug}`,
    `  its story      curl -H 'authorization: Bearer ${key}' ${dev.api_url}/v1/events/<tracking_id>/timeline`,
  ];
}

/** The id holds the time, so that pasting it again is another event and not a duplicate. Plain `sh`, no line break. */
function invoiceCurl(apiUrl: string, key: string): string {
  const event = {
    event_id: 'inv-2041-ID',
    type: 'invoice.created',
    source: 'billing',
    subject: 'invoice/INV-2041',
    data: {
      number: 'INV-2041',
      status: 'open',
      currency: 'EUR',
      issued_on: '2026-11-20',
      customer: { id: 'C-1001', name: 'Ada Lovelace Ltd', email: 'billing@example.com', country: 'United Kingdom' },
      lines: [{ description: 'Analytical engine, hours', quantity: '12', unit_price: '150.00' }],
    },
  };
  const body = JSON.stringify(event).replace('-ID', `-'$(date +%s)'`);
  return `curl -i ${apiUrl}/v1/events -H 'authorization: Bearer ${key}' -H 'content-type: application/json' -d '${body}'`;
}
