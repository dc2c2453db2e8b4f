import { Skeleton } from '@mantine/core';
import { lazyPart } from './lazy-part';

/** The names above a chart. */
const LEGEND = 32;

/** What draws charts is fetched with the first of them. */
export const LazySeriesChart = lazyPart(
  () => import('./series-chart').then((module) => module.SeriesChart),
  ({ height }) => <Skeleton height={height + LEGEND} />,
);
