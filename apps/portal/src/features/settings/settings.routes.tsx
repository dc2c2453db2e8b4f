import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present } from '../../lib/search-params';

export const SETTINGS_TABS = ['company', 'retention', 'archive', 'audit', 'sign_in'] as const;
export const ARCHIVED_KINDS = ['events', 'deliveries', 'attempts', 'hub_events'] as const;

export interface SettingsView {
  readonly tab?: (typeof SETTINGS_TABS)[number];
  /** Of archived objects. */
  readonly kind?: (typeof ARCHIVED_KINDS)[number];
}

export const settingsRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings',
    validateSearch: (search: Record<string, unknown>): SettingsView =>
      present({
        tab: choiceParam(search, 'tab', SETTINGS_TABS),
        kind: choiceParam(search, 'kind', ARCHIVED_KINDS),
      }),
    component: lazyRouteComponent(() => import('./settings.page'), 'SettingsPage'),
  }),
] as const;
