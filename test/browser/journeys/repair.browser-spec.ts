import { randomBytes } from 'node:crypto';
import { newCompany, type Company } from '../support/company';
import { signInByHand } from '../support/sign-in';
import { type Stage } from '../support/stage';
import { expect, test, type Visit } from '../support/test';

const COUNT = 200;
/** Knows no record without a number, and every record of the batch is one. */
const BROKEN = '{ "number": $required(number, "number"), "name": name }';
const FIXED = '{ "number": $default(number, "unknown"), "name": name }';

/** A batch that died of its mapping. @returns ids of the mapping and of the sink that takes what is repaired */
async function failedBatch({ api }: Company, { dev }: Stage): Promise<{ mapping: string; sink: string }> {
  const sink = `sink-${randomBytes(5).toString('hex')}`;
  const { id: connection } = await api.post('/v1/connections', {
    name: 'Warehouse',
    connector: 'http',
    config: { url: `${dev.sandbox_url}/sink/${sink}` },
  });
  const { id: mapping } = await api.post('/v1/mappings', { name: 'Order to warehouse', expression: BROKEN });
  await api.post('/v1/routes', {
    name: 'Orders to the warehouse',
    event_type: 'order.placed',
    connection_id: connection,
    operation: 'request.send',
    mapping_id: mapping,
  });
  const events = Array.from({ length: COUNT }, (_unused, index) => ({
    event_id: `order-${index}`,
    type: 'order.placed',
    subject: `order/${index}`,
    data: { name: `Order ${index}` },
  }));
  await api.post('/v1/events/batch', { events });
  await expect
    .poll(
      async () => (await api.get<{ total: { dead_letters: number } }>('/v1/dead-letters/groups')).total.dead_letters,
      { message: 'the batch has failed', timeout: 30_000 },
    )
    .toBe(COUNT);
  return { mapping: String(mapping), sink };
}

async function replay({ page }: Visit, reason: string, { dryRun }: { readonly dryRun: boolean }): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Dead letters' }).click();
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: `Replay ${COUNT} events` });
  await expect(dialog.getByRole('button', { name: 'Start' })).toBeDisabled();
  // It sends nothing unless told to.
  await expect(dialog.getByRole('checkbox', { name: /Dry run/ })).toBeChecked();
  await dialog.getByRole('checkbox', { name: /Dry run/ }).setChecked(dryRun);
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: 'Start' }).click();
  await page.waitForURL(/\/replays\/rpl_/);
  await expect(page.getByRole('main').getByText('Completed')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('progressbar', { name: 'Progress' })).toHaveAttribute('aria-valuenow', '100');
}

test('support finds a failed batch, understands it, and replays it once the mapping is right', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['support']);
  const { mapping, sink } = await failedBatch(company, stage);
  const visit = await visitAs(null);
  const { page, watch } = visit;
  await signInByHand(visit, company.emailOf('support'), company.password);

  await page.getByRole('navigation').getByRole('link', { name: 'Dead letters' }).click();
  const cause = page.getByRole('listitem').filter({ hasText: 'Warehouse' });
  await expect(cause).toHaveCount(1);
  await expect(cause).toContainText(`${COUNT} failed`);
  await expect(cause).toContainText('The field "number" is required');
  await expect(cause).toContainText('What to do');
  await cause.getByRole('link', { name: 'Show them' }).click();
  await page.getByRole('row').filter({ hasText: 'order.placed' }).first().click();
  await page.waitForURL(/\/deliveries\/dlv_/);
  await watch.settled();
  await expect(page.getByRole('alert').first()).toContainText('The field "number" is required');

  // Whoever owns the mapping corrects it; support may not.
  await company.api.post(`/v1/mappings/${mapping}/versions`, { expression: FIXED });
  await company.api.post(`/v1/mappings/${mapping}/publish`, { version: 2 });

  await replay(visit, 'Does the new version take them?', { dryRun: true });
  await expect(page.getByText('Would be sent').locator('..')).toContainText(String(COUNT));
  await replay(visit, 'The mapping takes orders without a number now', { dryRun: false });
  await expect(page.getByText('Succeeded', { exact: true }).first().locator('..')).toContainText(String(COUNT));

  await page.getByRole('navigation').getByRole('link', { name: 'Dead letters' }).click();
  await expect(page.getByText('No dead letters')).toBeVisible();
  const { requests } = await sinkOf(stage, sink);
  expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(COUNT);
  expect(requests).toHaveLength(COUNT);
});

async function sinkOf({ dev }: Stage, name: string): Promise<{ requests: { headers: Record<string, string> }[] }> {
  const answer = await fetch(`${dev.sandbox_url}/__admin/sinks/${name}?limit=10000`, {
    headers: { authorization: `Bearer ${dev.sandbox_control_token}` },
  });
  return (await answer.json()) as { requests: { headers: Record<string, string> }[] };
}
