import { common } from './common.text';
import { connections } from './connections.text';
import { flow } from './flow.text';
import { overview } from './overview.text';
import { repair } from './repair.text';
import { savedFilters } from './saved-filters.text';
import { shell } from './shell.text';

/**
 * What the portal says on many of its pages. What only the pages of one feature say is beside it and comes with them, so that the
 * first load is spared it. A translation is another folder like this one; a missing key does not compile.
 */
export const text = {
  common,
  connections,
  overview,
  repair,
  shell,
  flow,
  savedFilters,
} as const;
