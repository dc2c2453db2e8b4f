import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present, textParam } from '../../lib/search-params';

export const USAGE_TABS = ['usage', 'balance'] as const;
export const DAYS = [7, 30, 90] as const;
export const HOURS = [24, 72, 168] as const;

export interface UsageView {
  readonly tab?: (typeof USAGE_TABS)[number];
  readonly days?: (typeof DAYS)[number];
  readonly hours?: (typeof HOURS)[number];
  /** How the days are shown; absent: as a chart. */
  readonly as?: 'table';
  /** Only hours that do not balance. */
  readonly wrong?: 'only';
  /** The hour that is looked at. */
  readonly hour?: string;
}

export const usageRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/usage',
    validateSearch: (search: Record<string, unknown>): UsageView =>
      present({
        tab: choiceParam(search, 'tab', USAGE_TABS),
        days: DAYS.find((days) => days === search['days']),
        hours: HOURS.find((hours) => hours === search['hours']),
        as: choiceParam(search, 'as', ['table'] as const),
        wrong: choiceParam(search, 'wrong', ['only'] as const),
        hour: textParam(search, 'hour', 40),
      }),
    component: lazyRouteComponent(() => import('./usage.page'), 'UsagePage'),
  }),
] as const;
