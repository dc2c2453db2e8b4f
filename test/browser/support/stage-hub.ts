import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HubApi, type Answer, type List } from './hub-api';
import { LaunchedHub, type DevFile } from './launched-hub';
import { signIn } from './sign-in';
import { ROLES, writeStage, type Stage, type StoredSession, type Who } from './stage';
import { atSalesforce } from './vendor';

/** Playwright's global set-up; what it answers ends everything again. */
export default async function stageHub(): Promise<() => Promise<void>> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-browser-'));
  // The database server may run as another account than the one that made the folder.
  fs.chmodSync(folder, 0o711);
  let hub: LaunchedHub | null = null;
  const end = async (): Promise<void> => {
    await hub?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    hub = await LaunchedHub.start(folder);
    await hub.sendDemo();
    writeStage(path.join(folder, 'stage.json'), await stageOf(hub.dev));
    return end;
  } catch (error) {
    await end();
    throw error;
  }
}

async function stageOf(dev: DevFile): Promise<Stage> {
  const [tenant] = dev.tenants;
  if (tenant === undefined) throw new Error('the launcher made no tenant');
  const api = await HubApi.with(dev.api_url, tenant.api_key);
  const [sessions, ids] = await Promise.all([signInAll(dev, tenant), arrange(api, dev)]);
  await api.close();
  return { dev, tenant, sessions, ids };
}

async function signInAll(dev: DevFile, tenant: Stage['tenant']): Promise<Stage['sessions']> {
  const people = ROLES.map((role): [Who, string] => [role, `${role}@${tenant.slug}.test`]);
  const all: [Who, string][] = [...people, ['operator', dev.operator.email]];
  const signedIn = await Promise.all(
    all.map(async ([who, email]) => [who, await signIn(dev.portal_url, email, dev.operator.password)] as const),
  );
  return Object.fromEntries(signedIn) as Record<Who, StoredSession>;
}

/** One of each kind beside what the demo leaves behind, so that no page is looked at empty. */
async function arrange(api: HubApi, dev: DevFile): Promise<Record<string, string>> {
  const first = async (list: string, by: (row: Answer) => boolean = () => true): Promise<string> => {
    const { data } = await api.get<List>(list);
    const found = data.find(by);
    if (found === undefined) throw new Error(`${list} has nothing to show`);
    return String(found['id'] ?? found['tracking_id']);
  };
  const { id: replayId } = await api.post('/v1/replays', {
    filter: {},
    expected_count: (await api.get<{ total: { dead_letters: number } }>('/v1/dead-letters/groups')).total.dead_letters,
    mapping: 'current',
    dry_run: true,
    reason: 'To see whether the mapping takes it now',
  });
  const { id: endpointId } = await api.post('/v1/webhook-endpoints', {
    url: `${dev.sandbox_url}/sink/notices`,
    description: 'Notices for the operations team',
    event_types: ['*'],
  });
  await api.post(`/v1/webhook-endpoints/${String(endpointId)}/test`);
  const { id: channelId } = await api.post('/v1/alert-channels', {
    name: 'On call',
    kind: 'webhook',
    url: `${dev.sandbox_url}/sink/alerts`,
  });
  const connectionId = await first('/v1/connections', ({ connector }) => connector === 'salesforce');
  const look = (): Promise<Answer> => api.get(`/v1/connections/${connectionId}/objects/Contact/fields?refresh=true`);
  await look();
  await atSalesforce(dev, 'POST', '/fields', { object: 'Contact', field: 'Region__c', values: ['North', 'South'] });
  await look();
  const { id: exportId } = await api.post('/v1/audit-exports', { format: 'csv' });
  const tenantId = dev.tenants[0]?.id ?? '';
  const operatorApi = await HubApi.with(dev.api_url, dev.operator_key);
  await operatorApi.post(`/admin/v1/tenants/${tenantId}/audit-exports`, { reason: 'Request of its auditors' });
  await operatorApi.close();
  const invited = await api.post<{ invitation_url: string }>('/v1/members', {
    email: 'invited@example.test',
    role: 'support',
  });
  return {
    trackingId: await first('/v1/events?status=failed'),
    deliveryId: await first('/v1/deliveries?status=dead'),
    connectionId,
    mappingId: await first('/v1/mappings'),
    routeId: await first('/v1/routes'),
    syncId: await first('/v1/syncs'),
    linkId: await first('/v1/links'),
    replayId: String(replayId),
    endpointId: String(endpointId),
    channelId: String(channelId),
    exportId: String(exportId),
    tenantId,
    token: invited.invitation_url.split('/').at(-1) ?? '',
  };
}
