import { type Locator } from '@playwright/test';
import { newCompany, type Company } from '../support/company';
import { type HubApi, type List } from '../support/hub-api';
import { ENDS_MS, factOf, newSink, ordersTo, replayAndWait } from '../support/repair';
import { signInByHand } from '../support/sign-in';
import { type Stage } from '../support/stage';
import { expect, test, type Visit } from '../support/test';

const COUNT = 1_000;
const SHOWN = COUNT.toLocaleString('en');
const NO_NUMBER = 'The field "number" is required';
/** Knows no record without a number, and every record of the batch is one. */
const BROKEN = '{ "number": $required(number, "number"), "name": name }';
const FIXED = '{ "number": $default(number, "unknown"), "name": name }';

/** A batch that died of its mapping. @returns the sink that takes what is repaired */
async function failedBatch({ api }: Company, { dev }: Stage): Promise<string> {
  const sink = newSink();
  await ordersTo({ sink, expression: BROKEN }, { api, dev });
  const events = Array.from({ length: COUNT }, (_unused, index) => ({
    event_id: `order-${index}`,
    type: 'order.placed',
    subject: `order/${index}`,
    data: { name: `Order ${index}` },
  }));
  await api.post('/v1/events/batch', { events });
  await deadLetters(api, COUNT);
  return sink;
}

async function deadLetters(api: HubApi, count: number): Promise<void> {
  await expect
    .poll(
      async () => (await api.get<{ total: { dead_letters: number } }>('/v1/dead-letters/groups')).total.dead_letters,
      { message: 'all have failed', timeout: ENDS_MS },
    )
    .toBe(count);
}

test('a failed batch of 1,000 is found, understood, its mapping mended and back-tested, and all of it replayed', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  test.setTimeout(180_000);
  const company = await newCompany(stage, operatorApi, ['support', 'admin']);
  const sink = await failedBatch(company, stage);
  const support = await visitAs(null);
  const { page, watch } = support;
  await signInByHand(support, company.emailOf('support'), company.password);
  await page.getByRole('navigation').getByRole('link', { name: 'Dead letters' }).click();
  const cause = causeOf(support);
  await expect(cause).toHaveCount(1);
  await expect(cause).toContainText(`${SHOWN} failed`);
  await expect(cause).toContainText(NO_NUMBER);
  await expect(cause).toContainText('What to do');
  await cause.getByRole('link', { name: 'Show them' }).click();
  await page.getByRole('row').filter({ hasText: 'order.placed' }).first().click();
  await page.waitForURL(/\/deliveries\/dlv_/);
  await watch.settled();
  await expect(page.getByRole('alert').first()).toContainText(NO_NUMBER);
  // Support sees what is wrong with it, and may not change it.
  await page.getByRole('link', { name: 'Fix the mapping' }).click();
  await expect(page.getByText('Your role lets you look and try things out')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save as new version' })).toHaveCount(0);
  await watch.settled();

  const admin = await visitAs(null);
  await signInByHand(admin, company.emailOf('admin'), company.password);
  await mendMapping(admin);

  await dryRun(support, 'Does the new version take them?');
  await expect(factOf(support, 'Would be sent')).toContainText(SHOWN);
  await page.getByRole('button', { name: 'Do it for real' }).click();
  const real = page.getByRole('dialog', { name: `Send ${SHOWN}?` });
  // Why it was tried is most likely why it is done.
  await expect(real.getByLabel('Reason')).toHaveValue('Does the new version take them?');
  await real.getByLabel('Reason').fill('The mapping takes orders without a number now');
  await replayAndWait(support, real, 'Do it for real');
  await expect(page.getByText('Succeeded', { exact: true }).first().locator('..')).toContainText(SHOWN);
  await page.getByRole('navigation').getByRole('link', { name: 'Dead letters' }).click();
  await expect(page.getByText('No dead letters')).toBeVisible();
  const { requests } = await sinkOf(stage, sink);
  expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(COUNT);
  expect(requests).toHaveLength(COUNT);
});

test('one cause is told from another, replayed in a version, and one event by itself', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  test.setTimeout(90_000);
  const company = await newCompany(stage, operatorApi, ['support']);
  const sink = await twoCauses(company, stage);
  const visit = await visitAs(null);
  const { page, watch } = visit;
  await signInByHand(visit, company.emailOf('support'), company.password);
  await page.getByRole('navigation').getByRole('link', { name: 'Replays' }).click();
  await page.getByRole('link', { name: 'Choose what to replay' }).click();
  const rows = page.getByRole('row').filter({ hasText: 'order.placed' });
  await expect(rows).toHaveCount(2);
  // Of all causes, though one of them is enough to be told how many there are.
  await page.getByRole('button', { name: 'Replay these' }).click();
  await expect(page.getByRole('dialog', { name: 'Replay 2 events' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('navigation').getByRole('link', { name: 'Dead letters' }).click();
  await expect(causeOf(visit)).toHaveCount(2);
  await expect(causeOf(visit).getByRole('link', { name: 'Fix the mapping' })).toHaveCount(2);
  // To see what has failed is not to read payloads.
  expect((await company.api.get<List>('/v1/audit-log?action=payload.read')).data).toEqual([]);
  await causeOf(visit).filter({ hasText: NO_NUMBER }).getByRole('link', { name: 'Show them' }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows.getByText('a', { exact: true })).toBeVisible();
  await expect(rows).toContainText(NO_NUMBER);
  await expect(page.getByRole('button', { name: 'Take off the filter Replayed: No' })).toBeVisible();
  await watch.settled();

  await page.getByRole('button', { name: 'Replay these' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'A version' }).check();
  await dialog.getByLabel('Reason').fill('As it was published first');
  await expect(dialog.getByRole('button', { name: 'Start' })).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'Version' }).fill('1');
  const rate = dialog.getByLabel('Most a second');
  await rate.fill('5000');
  await dialog.getByRole('button', { name: 'Start' }).click();
  await expect(dialog.getByText('From 0.01 to 1,000')).toBeVisible();
  await expect(rate).toHaveValue('5000');
  await rate.fill('1000');
  await replayAndWait(visit, dialog);
  await expect(factOf(visit, 'Mapping')).toContainText('1');
  await expect(factOf(visit, 'Would fail')).toContainText('1');

  await page.getByRole('navigation').getByRole('link', { name: 'Dead letters' }).click();
  await causeOf(visit).filter({ hasNotText: NO_NUMBER }).getByRole('link', { name: 'Show them' }).click();
  await rows.click();
  await page.waitForURL(/\/deliveries\/dlv_/);
  await watch.settled();
  const refused = page.url();
  const status = page.getByRole('heading', { level: 1 }).locator('..');
  await expect(status).toContainText('Dead');
  await expect(page.getByRole('alert').filter({ hasText: 'What to do' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Retry' })).toBeVisible();
  await replayEvent(visit, { arrived: false });
  // What another one has taken up is not offered again; the event that has arrived is, as what it is.
  await visit.open(refused);
  await expect(page.getByRole('button', { name: /Replay the event|Retry/ })).toHaveCount(0);
  await expect(status).toContainText('Replayed');
  await expect(page.getByText('What to do')).toHaveCount(0);
  await factOf(visit, 'Replayed as').getByRole('link').click();
  await expect(status).toContainText('Succeeded');
  await visit.open(refused);
  await page.getByRole('link', { name: 'order.placed' }).click();
  await page.waitForURL(/\/events\/evt_/);
  await replayEvent(visit, { arrived: true });
  // The one that was refused, and one for each replay.
  expect((await sinkOf(stage, sink)).requests).toHaveLength(3);
  await watch.settled();
});

test('what is on its way is followed until it has arrived, and told without the routes that it is no matter of', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['support']);
  const { connection } = await ordersTo({ sink: newSink(), expression: BROKEN }, { api, dev: stage.dev });
  for (const type of ['refund.made', 'refund.asked', 'refund.refused']) {
    const route = { name: type, event_type: type, connection_id: connection, operation: 'request.send' };
    await api.post('/v1/routes', { ...route, mapping_id: null });
  }
  const event = { event_id: 'order-1', type: 'order.placed', data: { number: 1, name: 'A' } };
  const { tracking_id: trackingId } = await api.post<{ tracking_id: string }>('/v1/events', event);
  const eventAddress = `/v1/events/${trackingId}`;
  const read = (): Promise<Followed> => api.get<Followed>(eventAddress);
  await expect.poll(async () => (await read()).status, { timeout: ENDS_MS }).toBe('succeeded');
  const deliveryId = (await read()).deliveries[0]?.id ?? '';

  const visit = await visitAs(null);
  const { page } = visit;
  await signInByHand(visit, emailOf('support'), password);
  // As it was a moment before: the pages look again by themselves.
  await onceOnItsWay(page, `**${eventAddress}?*`);
  await onceOnItsWay(page, `**/v1/deliveries/${deliveryId}`);
  await visit.open(`/events/${trackingId}`);
  await expect(page.getByRole('heading', { level: 1 }).locator('..')).toContainText('Succeeded');
  await expect(page.getByText('did not match:')).toHaveCount(0);
  await page.getByRole('button', { name: 'Also show the 3 routes that did not match' }).click();
  await expect(page.getByText('did not match:')).toHaveCount(3);
  await visit.open(`/deliveries/${deliveryId}`);
  await expect(page.getByRole('heading', { level: 1 }).locator('..')).toContainText('Succeeded');
  await expect(factOf(visit, 'Event id')).toContainText('order-1');
});

interface Followed {
  readonly status: string;
  readonly deliveries: readonly { readonly id: string }[];
}

/** The first answer has everything in it still being delivered. */
async function onceOnItsWay(page: Visit['page'], address: string): Promise<void> {
  await page.route(
    address,
    async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replaceAll('"status":"succeeded"', '"status":"delivering"');
      await route.fulfill({ response, body });
    },
    { times: 1 },
  );
}

test('a replay that is stopped accounts for all that it was to send', async ({ visitAs, stage, operatorApi }) => {
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['support']);
  const { connection } = await ordersTo({ sink: newSink(), expression: BROKEN }, { api, dev: stage.dev });
  const ids = ['a', 'b', 'c'];
  const events = ids.map((id) => ({ event_id: id, type: 'order.placed', data: { name: id } }));
  await api.post('/v1/events/batch', { events });
  await deadLetters(api, events.length);
  // Nothing of it is sent.
  await api.post(`/v1/connections/${connection}/pause`);
  const { id } = await api.post<{ id: string }>('/v1/replays', { event_ids: ids, reason: 'Once more' });
  const visit = await visitAs(null);
  const { page } = visit;
  await signInByHand(visit, emailOf('support'), password);
  await visit.open(`/replays/${id}`);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
  await expect(factOf(visit, 'Taken back')).toContainText('3', { timeout: ENDS_MS });
  await expect(page.getByRole('progressbar', { name: 'Progress' })).toHaveAttribute('aria-valuenow', '0');
});

/** On one route an order dies of the mapping, another one because the warehouse refuses it; by now it refuses nothing. */
async function twoCauses({ api }: Company, { dev }: Stage): Promise<string> {
  const sink = newSink();
  await fetch(`${dev.sandbox_url}/__admin/sinks/${sink}/behaviour`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${dev.sandbox_control_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ rules: [{ kind: 'respond', status: 422, body: '{}', times: 1 }] }),
  });
  await ordersTo({ sink, expression: BROKEN }, { api, dev });
  const orderOf = (id: string, data: object): object => ({ event_id: id, type: 'order.placed', subject: id, data });
  const events = [orderOf('a', { name: 'A' }), orderOf('b', { number: 7, name: 'B' })];
  await api.post('/v1/events/batch', { events });
  await deadLetters(api, events.length);
  return sink;
}

/** All of the event that is shown, once, for real. */
async function replayEvent(visit: Visit, { arrived }: { readonly arrived: boolean }): Promise<void> {
  const { page } = visit;
  await page.getByRole('button', { name: 'Replay the event' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replay this event' });
  await expect(dialog.getByRole('checkbox', { name: 'Repeat what has arrived' })).toBeChecked({ checked: arrived });
  await dialog.getByRole('checkbox', { name: /Dry run/ }).uncheck();
  await dialog.getByLabel('Reason').fill('The warehouse takes it by now');
  await replayAndWait(visit, dialog);
  await expect(factOf(visit, 'Succeeded')).toContainText('1');
  await expect(page.getByRole('row').nth(1)).toContainText('Succeeded');
}

function causeOf({ page }: Visit): Locator {
  return page.getByRole('listitem').filter({ hasText: 'Warehouse' });
}

/** From the dead letters to a version that counts: the sample is an event that failed, and all of them are tried first. */
async function mendMapping(visit: Visit): Promise<void> {
  const { page, watch } = visit;
  await page.getByRole('navigation').getByRole('link', { name: 'Dead letters' }).click();
  await causeOf(visit).getByRole('link', { name: 'Fix the mapping' }).click();
  await page.waitForURL(/\/mappings\/map_/);
  const result = page.getByRole('region', { name: 'Result', exact: true });
  await expect(result).toContainText('The mapping fails on this sample');
  await page.getByRole('region', { name: 'Mapping', exact: true }).getByText('Code', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Mapping, in JSONata' }).fill(FIXED);
  await expect(result).toContainText('unknown');

  await page.getByRole('tab', { name: 'Back-tests' }).click();
  await page.getByLabel('Events, newest first').fill(String(COUNT));
  await page.getByRole('button', { name: 'Back-test this draft' }).click();
  await expect(page.getByText(`Now fixed: ${SHOWN}`).first()).toBeVisible({ timeout: ENDS_MS });
  await expect(page.getByRole('grid', { name: 'Back-tests' }).getByRole('row').nth(1)).toContainText('Succeeded');
  const compared = page.getByRole('listitem').filter({ hasText: 'Now fixed' }).first();
  await expect(compared).toContainText(/order-\d+/);
  await expect(compared).toContainText(`Before: ${NO_NUMBER}`);
  await page.getByRole('button', { name: 'Save as new version' }).click();
  const saving = page.getByRole('dialog', { name: 'Save as a new version' });
  await saving.getByLabel('What is new').fill('Orders without a number');
  await saving.getByRole('button', { name: 'Save as new version' }).click();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const publishing = page.getByRole('dialog', { name: 'Publish version 2' });
  await expect(publishing).toContainText(`Now fixed: ${SHOWN}`);
  await publishing.getByRole('button', { name: 'Publish now' }).click();
  const published = page.getByRole('status').filter({ hasText: 'Version 2 is in force.' });
  await expect(published).toContainText(`${SHOWN} failed`);
  await watch.settled();
}

async function dryRun(visit: Visit, reason: string): Promise<void> {
  const { page } = visit;
  await page.getByRole('navigation').getByRole('link', { name: 'Dead letters' }).click();
  await causeOf(visit).getByRole('button', { name: 'Replay', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: `Replay ${SHOWN} events` });
  await expect(dialog.getByRole('button', { name: 'Start' })).toBeDisabled();
  // It sends nothing unless told to.
  await expect(dialog.getByRole('checkbox', { name: /Dry run/ })).toBeChecked();
  await dialog.getByLabel('Reason').fill(reason);
  await replayAndWait(visit, dialog);
  await expect(page.getByRole('progressbar', { name: 'Progress' })).toHaveAttribute('aria-valuenow', '100');
}

async function sinkOf({ dev }: Stage, name: string): Promise<{ requests: { headers: Record<string, string> }[] }> {
  const answer = await fetch(`${dev.sandbox_url}/__admin/sinks/${name}?limit=10000`, {
    headers: { authorization: `Bearer ${dev.sandbox_control_token}` },
  });
  return (await answer.json()) as { requests: { headers: Record<string, string> }[] };
}
