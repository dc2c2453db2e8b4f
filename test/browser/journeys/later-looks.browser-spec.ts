import { type Page, type Route } from '@playwright/test';
import { type HubApi } from '../support/hub-api';
import { comeBack } from '../support/later';
import { type Stage } from '../support/stage';
import { expect, test } from '../support/test';

interface Part {
  readonly of: string;
  readonly addressOf: (stage: Stage, api: HubApi) => string | Promise<string>;
  /** What it asks for. */
  readonly asks: RegExp;
  /** Of what stays. */
  readonly shows: RegExp;
  readonly prepare?: (page: Page) => Promise<void>;
}

const idOf = ({ ids }: Stage, name: string): string => ids[name] ?? '';

const PARTS: readonly Part[] = [
  { of: 'the figures of the day', addressOf: () => '/overview', asks: /\/v1\/balance/, shows: /^Accepted/ },
  { of: 'what needs somebody', addressOf: () => '/overview', asks: /\/v1\/dead-letters/, shows: /^Dead letters$/ },
  {
    of: 'the golden cases of a mapping',
    addressOf: (stage) => `/mappings/${idOf(stage, 'mappingId')}?tab=cases`,
    asks: /\/golden-cases/,
    shows: /^Add a case$/,
  },
  {
    of: 'a back-test',
    addressOf: async (stage, api) => {
      const mapping = idOf(stage, 'mappingId');
      const { id } = await api.post<{ id: string }>(`/v1/mappings/${mapping}/backtest`, { version: 1, limit: 1 });
      return `/mappings/${mapping}?tab=backtests&backtest=${id}`;
    },
    asks: /\/backtests\/btt_[^/]+$/,
    shows: /^Events$/,
  },
  {
    of: 'the recipes for two systems',
    addressOf: () => '/recipes',
    asks: /\/v1\/recipes/,
    shows: /^Choose at least one recipe/,
  },
  {
    of: 'the links that may be one',
    addressOf: (stage) => `/links/${idOf(stage, 'linkId')}?other=nobody-has-it`,
    asks: /\/v1\/links\?.*nobody-has-it/,
    shows: /^No other link/,
  },
  {
    of: 'what has come to a hook',
    addressOf: (stage) => `/syncs/${idOf(stage, 'syncId')}`,
    asks: /\/hook$/,
    shows: /^4,321$/,
    prepare: withHook,
  },
];

/** As it would be told if the connection had one. */
async function withHook(page: Page): Promise<void> {
  await page.route(/\/v1\/syncs\/[^/?]+$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), has_hook: true } });
  });
  const hook = { received: 4_321, last_received_at: null, refused: 0, last_refused_at: null, last_refusal: null };
  await page.route(/\/hook$/, (route) => route.fulfill({ json: hook }));
}

const abort = (route: Route): Promise<void> => route.abort();

for (const { of, addressOf, asks, shows, prepare } of PARTS)
  test(`${of}: what is known stays when a later look fails, which is told`, async ({ visitAs, stage, api }) => {
    const visit = await visitAs('owner');
    const { page, watch, open } = visit;
    await prepare?.(page);
    await open(await addressOf(stage, api));
    const known = page.locator('#content').getByText(shows).first();
    await expect(known).toBeVisible();
    watch.tolerate(/ failed: |ERR_FAILED/);
    await page.route(asks, abort);
    await comeBack(visit);
    const away = page.getByRole('alert').filter({ hasText: 'The hub does not answer' });
    await expect(away).toBeVisible();
    await expect(known).toBeVisible();
    await page.unroute(asks, abort);
    await away.getByRole('button', { name: 'Try again' }).click();
    await expect(away).toHaveCount(0);
  });
