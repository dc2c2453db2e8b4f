import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-routes';
import { present, textParam } from '../../lib/search-params';
import { ownAddress } from './own-address';

export const signInRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sign-in',
    validateSearch: (search: Record<string, unknown>): { next?: string; error?: string } =>
      present({ next: ownAddress(search['next']), error: textParam(search, 'error', 60) }),
    component: lazyRouteComponent(() => import('./sign-in.page'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/forgotten-password',
    component: lazyRouteComponent(() => import('./forgotten-password.page'), 'ForgottenPasswordPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/password-reset/$token',
    component: lazyRouteComponent(() => import('./password-reset.page'), 'PasswordResetPage'),
  }),
] as const;
