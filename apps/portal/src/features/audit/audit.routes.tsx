import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present, textParam, timeParam } from '../../lib/search-params';

export const OUTCOMES = ['succeeded', 'refused'] as const;

export interface AuditFilters {
  readonly q?: string;
  readonly action?: string;
  readonly outcome?: 'succeeded' | 'refused';
  readonly from?: string;
  readonly to?: string;
}

function filtersOf(search: Record<string, unknown>): AuditFilters {
  return present({
    q: textParam(search, 'q', 200),
    action: textParam(search, 'action', 100),
    outcome: choiceParam(search, 'outcome', OUTCOMES),
    from: timeParam(search, 'from'),
    to: timeParam(search, 'to'),
  });
}

export const auditRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/audit',
    validateSearch: filtersOf,
    component: lazyRouteComponent(() => import('./audit.page'), 'AuditPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/audit/exports',
    // Of the records that are to be shown in the next one.
    validateSearch: filtersOf,
    component: lazyRouteComponent(() => import('./audit-exports.page'), 'AuditExportsPage'),
  }),
] as const;
