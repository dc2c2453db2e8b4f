import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root-routes';
import { choiceParam, present, textParam } from '../../lib/search-params';

export const MAPPING_TABS = ['edit', 'versions', 'cases', 'backtests'] as const;
export type MappingTab = (typeof MAPPING_TABS)[number];
const EDITOR_VIEWS = ['fields', 'code'] as const;
export const EDITOR_PANES = ['sample', 'mapping', 'output'] as const;
export type EditorPane = (typeof EDITOR_PANES)[number];

/** All that there is to see of one mapping has an address. */
export interface MappingSearch {
  readonly tab?: MappingTab;
  /** That is opened in the editor; the latest unless said otherwise. */
  readonly version?: number;
  readonly view?: (typeof EDITOR_VIEWS)[number];
  /** On a narrow screen: the one that is shown. */
  readonly pane?: EditorPane;
  /** Tracking id of the event that is the sample. */
  readonly event?: string;
  /** What the result is held against. */
  readonly target?: string;
  /** The versions that are compared. */
  readonly from?: number;
  readonly to?: number;
  readonly backtest?: string;
  readonly outcome?: string;
  /** The version that has just been published. */
  readonly done?: number;
}

export const mappingsRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/mappings',
    component: lazyRouteComponent(() => import('./mappings.page'), 'MappingsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/mappings/$mappingId',
    validateSearch: (search: Record<string, unknown>): MappingSearch =>
      present({
        tab: choiceParam(search, 'tab', MAPPING_TABS),
        version: numberParam(search, 'version'),
        view: choiceParam(search, 'view', EDITOR_VIEWS),
        pane: choiceParam(search, 'pane', EDITOR_PANES),
        event: textParam(search, 'event', 40),
        target: textParam(search, 'target', 200),
        from: numberParam(search, 'from'),
        to: numberParam(search, 'to'),
        backtest: textParam(search, 'backtest', 40),
        outcome: textParam(search, 'outcome', 40),
        done: numberParam(search, 'done'),
      }),
    component: lazyRouteComponent(() => import('./mapping.page'), 'MappingPage'),
  }),
] as const;

function numberParam(search: Record<string, unknown>, name: string): number | undefined {
  const value = Number(search[name]);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
