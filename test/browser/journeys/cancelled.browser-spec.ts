import { type Locator } from '@playwright/test';
import { newCompany, type Company } from '../support/company';
import { inspect } from '../support/inspect';
import { ENDS_MS, factOf, newSink, ordersTo, replayAndWait } from '../support/repair';
import { signInByHand } from '../support/sign-in';
import { type Stage } from '../support/stage';
import { expect, test, type Visit } from '../support/test';

const DAY_MS = 86_400_000;
const ENDED = { message: 'all have ended', timeout: ENDS_MS };
const ASK_AGAIN = 'Ask again where filter or mapping turned it away';
const GIVEN_UP = 'Repeat what people have given up, too';
const ALL_CANCELLED = 'Repeat what was cancelled, too';

test('what people gave up and what a mapping turned away is repeated where somebody says so', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  test.setTimeout(90_000);
  const company = await newCompany(stage, operatorApi, ['support']);
  const { turnedAway } = await oneOfEach(company, stage);
  const visit = await visitAs(null);
  const { page } = visit;
  const dialog = page.getByRole('dialog');
  await signInByHand(visit, company.emailOf('support'), company.password);
  // Of what died of one thing nothing was cancelled.
  await visit.open('/dead-letters');
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  await expect(dialog.getByRole('checkbox', { name: 'Repeat what has arrived' })).toBeVisible();
  await expect(dialog.getByRole('checkbox', { name: /cancelled|given up|turned it away/ })).toHaveCount(0);

  await visit.open('/deliveries?status=dead&replayed=false');
  await page.getByRole('button', { name: 'Replay these' }).click();
  await expect(dialog.getByRole('checkbox', { name: ALL_CANCELLED })).not.toBeChecked();
  await dialog.getByRole('checkbox', { name: ALL_CANCELLED }).check();
  await start(visit, { matched: 3 });
  await visit.open('/deliveries?status=dead&replayed=false');
  await page.getByRole('button', { name: 'Replay these' }).click();
  await dialog.getByRole('radio', { name: 'As it was then' }).check();
  await dialog.getByRole('checkbox', { name: GIVEN_UP }).check();
  await start(visit, { matched: 2 });

  await visit.open(`/events/${turnedAway}`);
  await page.getByRole('button', { name: 'Replay the event' }).click();
  // Nothing else is left to repeat, and nothing of it was ever made.
  await expect(dialog.getByRole('checkbox', { name: ASK_AGAIN })).toBeChecked();
  await expect(dialog.getByRole('checkbox', { name: 'Repeat what has arrived' })).not.toBeChecked();
  await dialog.getByRole('radio', { name: 'As it was then' }).check();
  await expect(dialog.getByRole('checkbox', { name: ASK_AGAIN })).toHaveCount(0);
  await dialog.getByRole('radio', { name: 'As published now' }).check();
  await dialog.getByRole('checkbox', { name: /Dry run/ }).uncheck();
  await start(visit, { matched: 1 });
  await expect(factOf(visit, 'Succeeded')).toContainText('1');
});

test('a list is replayed from where it stands, whatever became of what it shows, or says why it is not', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  test.setTimeout(90_000);
  const company = await newCompany(stage, operatorApi, ['support']);
  await oneOfEach(company, stage);
  await company.api.post('/v1/events', { event_id: 'd', type: 'order.placed', data: { number: 1 } });
  await company.api.post('/v1/events', { event_id: 'e', type: 'refund.made', data: {} });
  await expect.poll(countOf(company, '/v1/deliveries?status=succeeded'), ENDED).toBe(1);
  const visit = await visitAs(null);
  const { page } = visit;
  await signInByHand(visit, company.emailOf('support'), company.password);
  const offer = page.getByRole('button', { name: 'Replay these' });
  const ask = async (address: string, title: string): Promise<Locator> => {
    await visit.open(address);
    await offer.click();
    return page.getByRole('dialog', { name: title });
  };

  const arrived = await ask('/deliveries?status=succeeded', 'Replay what has arrived');
  await expect(arrived.getByRole('checkbox', { name: 'Repeat what has arrived' })).toBeChecked();
  // The API takes no list without the dead letters of its filters.
  await expect(arrived).toContainText('The 1 dead letter that these filters find is repeated, too.');
  await start(visit, { matched: 2 });
  const cancelled = await ask('/deliveries?status=cancelled', 'Replay what was cancelled');
  await expect(cancelled.getByRole('checkbox', { name: ALL_CANCELLED })).toBeChecked();
  await start(visit, { matched: 3 });
  const skipped = '/deliveries?status=cancelled&reason=skipped_by_mapping';
  const turnedAway = await ask(skipped, 'Replay what was cancelled');
  await turnedAway.getByRole('radio', { name: 'As it was then' }).check();
  await turnedAway.getByLabel('Reason').fill('It is wanted after all');
  await expect(turnedAway).toContainText('so it cannot be sent as it was then');
  await expect(turnedAway.getByRole('button', { name: 'Start' })).toBeDisabled();
  await turnedAway.getByRole('radio', { name: 'As published now' }).check();
  await expect(turnedAway.getByRole('checkbox', { name: ASK_AGAIN })).toBeChecked();
  await start(visit, { matched: 1 });
  await ask('/events?type=order.placed', 'Replay 3 events');
  await start(visit, { matched: 3 });

  for (const [address, why] of [
    ['/deliveries?reason=skipped_by_mapping', 'choose the status Dead, Succeeded or Cancelled'],
    ['/events?status=unrouted', 'No route has taken these'],
  ] as const) {
    await visit.open(address);
    await expect(page.getByText(why)).toBeVisible();
    await expect(offer).toHaveCount(0);
  }
});

test('dead letters say when they leave for the archive, and warn when that is near', async ({ visitAs }) => {
  const visit = await visitAs('owner');
  const { page, open } = visit;
  const group = page.getByRole('main').getByRole('listitem').first();
  await open('/dead-letters');
  await expect(group).toContainText(/leaves for the archive\s*in 1\d days/);
  await expect(group.getByRole('note')).toHaveCount(0);
  // Nothing that the hub has is as old as that.
  await page.route('**/v1/dead-letters/groups*', async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as { data: object[] };
    const leaves_at = new Date(Date.now() + 2.5 * DAY_MS).toISOString();
    await route.fulfill({ response, json: { ...body, data: body.data.map((row) => ({ ...row, leaves_at })) } });
  });
  await inspect(visit, '/dead-letters');
  await expect(group.getByRole('note')).toContainText('The first of them leaves for the archive in 2 days.');
});

/** An order that the mapping turned away, one that somebody gave up, and one that is dead; by now the mapping takes all. */
async function oneOfEach({ api }: Company, { dev }: Stage): Promise<{ turnedAway: string }> {
  const expression = 'test ? $skip("It is a test") : { "number": $required(number, "number") }';
  const { mapping } = await ordersTo({ sink: newSink(), expression, eventType: 'order.*' }, { api, dev });
  const send = (event_id: string, type: string, data: object) => api.post('/v1/events', { event_id, type, data });
  const { tracking_id: turnedAway } = await send('a', 'order.placed', { test: true });
  await send('b', 'order.changed', {});
  await send('c', 'order.placed', {});
  await expect.poll(countOf({ api }, '/v1/deliveries?status=dead'), ENDED).toBe(2);
  await expect.poll(countOf({ api }, '/v1/deliveries?status=cancelled'), ENDED).toBe(1);
  const { id: given } = await api.post('/v1/dead-letters/cancel', {
    filter: { event_type: 'order.changed' },
    expected_count: 1,
    reason: 'It was changed back',
  });
  const status = async (): Promise<unknown> => (await api.get(`/v1/replays/${String(given)}`))['status'];
  await expect.poll(status, { message: 'it is given up', timeout: ENDS_MS }).toBe('completed');
  await api.post(`/v1/mappings/${mapping}/versions`, { expression: '{ "number": number }' });
  await api.post(`/v1/mappings/${mapping}/publish`, { version: 2 });
  return { turnedAway: String(turnedAway) };
}

function countOf({ api }: Pick<Company, 'api'>, list: string) {
  return async (): Promise<number> => (await api.get<{ data: object[] }>(list)).data.length;
}

async function start(visit: Visit, { matched }: { readonly matched: number }): Promise<void> {
  const { page } = visit;
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('It is wanted after all');
  await replayAndWait(visit, dialog);
  await expect(factOf(visit, 'Matched')).toContainText(String(matched));
}
