import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, flagParam, present, textParam, timeParam } from '../../lib/search-params';
import { type EventFilters } from './events.queries';

/** What the address of the list says. */
export type EventsSearch = EventFilters & { readonly live?: true };

export const EVENT_STATUSES = ['pending', 'processing', 'succeeded', 'failed', 'unrouted'] as const;

export const eventsRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/events',
    validateSearch: (search: Record<string, unknown>): EventsSearch =>
      present({
        q: textParam(search, 'q', 200),
        status: choiceParam(search, 'status', EVENT_STATUSES),
        type: textParam(search, 'type', 100),
        source: textParam(search, 'source', 200),
        subject: textParam(search, 'subject'),
        event_id: textParam(search, 'event_id', 200),
        connection_id: textParam(search, 'connection_id', 40),
        request_id: textParam(search, 'request_id', 200),
        from: timeParam(search, 'from'),
        to: timeParam(search, 'to'),
        live: flagParam(search, 'live'),
      }),
    component: lazyRouteComponent(() => import('./events.page'), 'EventsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/events/$trackingId',
    component: lazyRouteComponent(() => import('./event.page'), 'EventPage'),
  }),
] as const;
