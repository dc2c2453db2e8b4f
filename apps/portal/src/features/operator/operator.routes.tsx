import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present, textParam } from '../../lib/search-params';

export const OPERATOR_TABS = ['tenants', 'health', 'audit'] as const;
export const TENANT_STATUSES = ['active', 'suspended'] as const;
export const OUTCOMES = ['succeeded', 'refused'] as const;

export interface OperatorView {
  readonly tab?: (typeof OPERATOR_TABS)[number];
  /** Of tenants, or of the audit log. */
  readonly q?: string;
  readonly status?: (typeof TENANT_STATUSES)[number];
  readonly action?: string;
  readonly outcome?: (typeof OUTCOMES)[number];
}

export const operatorRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/operator',
    validateSearch: (search: Record<string, unknown>): OperatorView =>
      present({
        tab: choiceParam(search, 'tab', OPERATOR_TABS),
        q: textParam(search, 'q', 200),
        status: choiceParam(search, 'status', TENANT_STATUSES),
        action: textParam(search, 'action', 100),
        outcome: choiceParam(search, 'outcome', OUTCOMES),
      }),
    component: lazyRouteComponent(() => import('./operator.page'), 'OperatorPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/operator/tenants/new',
    component: lazyRouteComponent(() => import('./new-tenant.page'), 'NewTenantPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/operator/tenants/$tenantId',
    component: lazyRouteComponent(() => import('./tenant.page'), 'TenantPage'),
  }),
] as const;
