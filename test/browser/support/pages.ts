import fs from 'node:fs';
import path from 'node:path';
import { expect } from '@playwright/test';
import { type HubApi, type List } from './hub-api';
import { type Stage, type Who } from './stage';

export interface PortalPage {
  /** For titles and file names. */
  readonly name: string;
  /** Null: nobody is signed in. */
  readonly who: Who | null;
  /** With the ids of things that there are. */
  readonly addressOf: (stage: Stage, api: HubApi) => Promise<string>;
  /** What it shows comes about some time after the hub has started. */
  readonly isLate: boolean;
}

export interface DeclaredRoute {
  readonly path: string;
  /** For whoever is not signed in, too. */
  readonly isOpen: boolean;
  /** Choices of `tab` in its address; the first is what it shows without one. */
  readonly tabs: readonly string[];
}

const FEATURES = path.resolve(__dirname, '../../../apps/portal/src/features');
const ROUTE = /^\s*getParentRoute: \(\) => (\w+),\s*path: '([^']+)'/;
const LATE: Readonly<Record<string, string>> = { alertId: '/v1/alerts' };
/** The rules are looked at once a minute. */
const LATE_MS = 120_000;

/** The routes of all pages, as the sources declare them. A test holds this against the running portal. */
export function declaredRoutes(): DeclaredRoute[] {
  const files = fs
    .readdirSync(FEATURES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.routes.tsx'));
  return files.flatMap((file) => routesIn(fs.readFileSync(path.join(FEATURES, file), 'utf8')));
}

function routesIn(source: string): DeclaredRoute[] {
  return source.split('createRoute({').flatMap((part) => {
    const [, parent, declared] = ROUTE.exec(part) ?? [];
    if (declared === undefined) return [];
    const [, list = ''] = /choiceParam\(search, 'tab', (\w+)\)/.exec(part) ?? [];
    const [, choices = ''] = (list !== '' && new RegExp(`const ${list} = \\[([^\\]]*)\\]`).exec(source)) || [];
    const tabs = [...choices.matchAll(/'([^']+)'/g)].map(([, tab = '']) => tab);
    return [{ path: declared, isOpen: parent === 'rootRoute', tabs }];
  });
}

/** States of pages that have an address of their own and look different. */
const MORE: readonly PortalPage[] = [
  view('events-filtered', '/events?status=failed&source=demo&from=2026-01-01T00:00:00Z'),
  view('events-none', '/events?q=nothing-is-called-this'),
  view('deliveries-dead', '/deliveries?status=dead&replayed=false'),
  view('connect-salesforce', '/connect?connector=salesforce'),
  view('connect-erp', '/connect?connector=erp'),
  view('overview-viewer', '/overview', 'viewer'),
  view('audit-compliance', '/audit', 'compliance'),
  view('event-compliance', '/events/$trackingId', 'compliance'),
];

/** Every page of the portal with each of its tabs: whoever adds a route has it looked at without doing anything. */
export function portalPages(): PortalPage[] {
  const pages = declaredRoutes().flatMap(({ path: declared, isOpen, tabs }) => {
    const name = declared.slice(1).replaceAll('/', '-').replaceAll('$', '');
    const who = isOpen ? null : declared.startsWith('/operator') ? 'operator' : 'owner';
    return [
      view(name, declared, who),
      ...tabs.slice(1).map((tab) => view(`${name}-${tab}`, `${declared}?tab=${tab}`, who)),
    ];
  });
  return [...pages, ...MORE].sort((a, b) => Number(a.isLate) - Number(b.isLate));
}

function view(name: string, address: string, who: Who | null = 'owner'): PortalPage {
  const params = [...address.matchAll(/\$(\w+)/g)].map(([, param = '']) => param);
  const addressOf = async ({ ids }: Stage, api: HubApi): Promise<string> => {
    let filled = address;
    for (const param of params) filled = filled.replace(`$${param}`, ids[param] ?? (await lateId(address, param, api)));
    return filled;
  };
  return { name, who, addressOf, isLate: params.some((param) => param in LATE) };
}

async function lateId(address: string, param: string, api: HubApi): Promise<string> {
  const list = LATE[param];
  if (list === undefined) throw new Error(`${address}: support/stage-hub.ts arranges no ${param} to open it with`);
  const first = async (): Promise<string> => (await api.get<List<{ id: string }>>(list)).data[0]?.id ?? '';
  await expect.poll(first, { message: `${list} has something to show`, timeout: LATE_MS }).not.toBe('');
  return first();
}
