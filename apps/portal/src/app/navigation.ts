import {
  IconActivity,
  IconAlertOctagon,
  IconArrowsExchange,
  IconBell,
  IconChartLine,
  IconFileSearch,
  IconHome,
  IconKey,
  IconLink,
  IconPlug,
  IconRefresh,
  IconRoute,
  IconRepeat,
  IconRocket,
  IconSend,
  IconServer2,
  IconSettings,
  IconTopologyRing,
  IconUsers,
  IconWand,
  IconWebhook,
  type Icon,
} from '@tabler/icons-react';
import { type Session } from '../lib/session';
import { text } from '../text';

export interface NavigationPage {
  readonly to: string;
  readonly label: string;
  readonly icon: Icon;
  /** Whoever lacks it is not shown the way. */
  readonly scope?: string;
  /** Of the people who run the hub, whatever company they are in or none. */
  readonly isForOperators?: true;
}

type Group = keyof typeof text.shell.groups;

const { pages } = text.shell;

const GROUPS: Readonly<Record<Group, readonly NavigationPage[]>> = {
  watch: [
    { to: '/overview', label: pages.overview, icon: IconHome },
    { to: '/flow', label: pages.flow, icon: IconTopologyRing, scope: 'config:read' },
    { to: '/events', label: pages.events, icon: IconActivity, scope: 'events:read' },
    { to: '/deliveries', label: pages.deliveries, icon: IconSend, scope: 'events:read' },
    { to: '/dead-letters', label: pages.deadLetters, icon: IconAlertOctagon, scope: 'events:read' },
    { to: '/replays', label: pages.replays, icon: IconRepeat, scope: 'events:read' },
    { to: '/alerts', label: pages.alerts, icon: IconBell, scope: 'config:read' },
    { to: '/usage', label: pages.usage, icon: IconChartLine, scope: 'events:read' },
  ],
  build: [
    { to: '/connections', label: pages.connections, icon: IconPlug, scope: 'config:read' },
    { to: '/recipes', label: pages.recipes, icon: IconWand, scope: 'config:read' },
    { to: '/syncs', label: pages.syncs, icon: IconRefresh, scope: 'config:read' },
    { to: '/mappings', label: pages.mappings, icon: IconArrowsExchange, scope: 'config:read' },
    { to: '/routes', label: pages.routes, icon: IconRoute, scope: 'config:read' },
    { to: '/links', label: pages.links, icon: IconLink, scope: 'config:read' },
    { to: '/webhooks', label: pages.webhooks, icon: IconWebhook, scope: 'config:read' },
    { to: '/quickstart', label: pages.quickstart, icon: IconRocket, scope: 'keys:write' },
  ],
  govern: [
    { to: '/audit', label: pages.audit, icon: IconFileSearch, scope: 'audit:read' },
    { to: '/api-keys', label: pages.apiKeys, icon: IconKey, scope: 'keys:write' },
    { to: '/members', label: pages.members, icon: IconUsers, scope: 'config:read' },
    { to: '/settings', label: pages.settings, icon: IconSettings, scope: 'config:read' },
  ],
  platform: [{ to: '/operator', label: pages.platform, icon: IconServer2, isForOperators: true }],
};

export interface NavigationGroup {
  readonly group: Group;
  readonly pages: readonly NavigationPage[];
}

/** Where this person may go, most used first. */
export function navigationFor({ scopes, tenant, is_operator: isOperator }: Session): NavigationGroup[] {
  const own = Object.entries(GROUPS).map(([group, all]) => ({
    group: group as Group,
    pages: all.filter(({ scope, isForOperators }) =>
      isForOperators === true ? isOperator : tenant !== null && (scope === undefined || scopes.includes(scope)),
    ),
  }));
  return own.filter(({ pages: shown }) => shown.length > 0);
}
