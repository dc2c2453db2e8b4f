import { z } from 'zod';

export const oauthAppsSettings = z.object({
  /** JSON file with the hub's own registrations at vendors; without it, signing in through vendors' pages is not offered. */
  HUB_OAUTH_APPS_FILE: z.string().optional(),
});
