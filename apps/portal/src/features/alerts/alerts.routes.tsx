import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present, textParam } from '../../lib/search-params';

export const ALERT_STATUSES = ['open', 'acknowledged', 'resolved'] as const;
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export const SETTINGS_TABS = ['rules', 'channels'] as const;

export interface AlertFilters {
  readonly status?: (typeof ALERT_STATUSES)[number];
  readonly severity?: (typeof SEVERITIES)[number];
}

export interface AlertSettingsView {
  readonly tab?: (typeof SETTINGS_TABS)[number];
  /** The rule that is being changed. */
  readonly rule?: string;
}

export const alertsRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/alerts',
    validateSearch: (search: Record<string, unknown>): AlertFilters =>
      present({
        status: choiceParam(search, 'status', ALERT_STATUSES),
        severity: choiceParam(search, 'severity', SEVERITIES),
      }),
    component: lazyRouteComponent(() => import('./alerts.page'), 'AlertsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/alerts/settings',
    validateSearch: (search: Record<string, unknown>): AlertSettingsView =>
      present({ tab: choiceParam(search, 'tab', SETTINGS_TABS), rule: textParam(search, 'rule', 50) }),
    component: lazyRouteComponent(() => import('./alert-settings.page'), 'AlertSettingsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/alerts/channels/new',
    component: lazyRouteComponent(() => import('./new-channel.page'), 'NewChannelPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/alerts/channels/$channelId',
    component: lazyRouteComponent(() => import('./channel.page'), 'ChannelPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/alerts/$alertId',
    component: lazyRouteComponent(() => import('./alert.page'), 'AlertPage'),
  }),
] as const;
