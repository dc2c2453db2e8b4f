import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-routes';

const SAFE_NEXT = /^\/(?![/\\])/;

export const signInRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sign-in',
    validateSearch: (search: Record<string, unknown>): { next?: string; error?: string } => ({
      // Only addresses of this portal: a link to sign in must not lead elsewhere afterwards.
      ...(typeof search['next'] === 'string' && SAFE_NEXT.test(search['next']) ? { next: search['next'] } : {}),
      ...(typeof search['error'] === 'string' ? { error: search['error'] } : {}),
    }),
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
