import { randomBytes } from 'node:crypto';
import { type Locator } from '@playwright/test';
import { type HubApi } from './hub-api';
import { type Stage } from './stage';
import { expect, type Visit } from './test';

/** What the workers do takes no longer. */
export const ENDS_MS = 60_000;

export function newSink(): string {
  return `sink-${randomBytes(5).toString('hex')}`;
}

export interface Warehouse {
  readonly sink: string;
  /** JSONata of the route's mapping. */
  readonly expression: string;
  readonly eventType?: string;
}

/** A route of orders to an endpoint of the sandbox. */
export async function ordersTo(
  { sink, expression, eventType = 'order.placed' }: Warehouse,
  { api, dev }: { readonly api: HubApi } & Pick<Stage, 'dev'>,
): Promise<{ connection: string; mapping: string }> {
  const { id: connection } = await api.post<{ id: string }>('/v1/connections', {
    name: 'Warehouse',
    connector: 'http',
    config: { url: `${dev.sandbox_url}/sink/${sink}` },
  });
  const { id: mapping } = await api.post<{ id: string }>('/v1/mappings', { name: 'Order to warehouse', expression });
  await api.post('/v1/routes', {
    name: 'Orders to the warehouse',
    event_type: eventType,
    connection_id: connection,
    operation: 'request.send',
    mapping_id: mapping,
  });
  return { connection, mapping };
}

/** Begins what the dialog says, and waits for the end of it. @param button which begins it */
export async function replayAndWait({ page }: Visit, dialog: Locator, button = 'Start'): Promise<void> {
  const before = page.url();
  await dialog.getByRole('button', { name: button }).click();
  await page.waitForURL((url) => url.pathname.startsWith('/replays/rpl_') && url.href !== before);
  await expect(page.getByRole('main').getByText('Completed')).toBeVisible({ timeout: ENDS_MS });
}

/** The value beside a name in a list of facts. */
export function factOf({ page }: Visit, name: string): Locator {
  return page.getByText(name, { exact: true }).first().locator('..');
}
