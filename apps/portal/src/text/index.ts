import { alerts } from './alerts.text';
import { common } from './common.text';
import { connections } from './connections.text';
import { deliveries } from './deliveries.text';
import { events } from './events.text';
import { flow } from './flow.text';
import { govern } from './govern.text';
import { links } from './links.text';
import { mappings } from './mappings.text';
import { overview } from './overview.text';
import { recipes } from './recipes.text';
import { repair } from './repair.text';
import { routes } from './routes.text';
import { settings } from './settings.text';
import { savedFilters } from './saved-filters.text';
import { shell } from './shell.text';
import { signIn } from './sign-in.text';
import { syncs } from './syncs.text';
import { usage } from './usage.text';
import { webhooks } from './webhooks.text';

/**
 * All that the portal says, in one place: a translation is another folder like this one. A missing key does not compile. What
 * only operators of the hub or newcomers read is beside it, and comes with their pages: everybody else's first load is spared it.
 */
export const text = {
  alerts,
  common,
  connections,
  deliveries,
  events,
  govern,
  mappings,
  overview,
  repair,
  shell,
  signIn,
  syncs,
  webhooks,
  routes,
  recipes,
  links,
  usage,
  flow,
  settings,
  savedFilters,
} as const;
