import { eventTimeline, findEvent } from '@hub/delivery';
import { createLink } from '@hub/sync';
import { CUSTOMER, LinkStage, pulledCustomer } from './fixtures/link-stage';

const stage = LinkStage.open();

describe('a delivery that points at a record which is not there yet', () => {
  const INVOICE = '{"Customer": $linkRequired("customer", customer, "books")}';

  it('waits without using an attempt, says so, and goes on when the record is written', async () => {
    await stage.route('crm.customer', 'customer.upsert', CUSTOMER);
    await stage.route('crm.invoice', 'invoice.upsert', INVOICE);
    const tracking = await stage.event('crm.invoice', { customer: 'A1' });
    await stage.drain();
    expect(await stage.deliveries()).toMatchObject([
      {
        status: 'pending',
        reason: 'waiting_for_link',
        attempts: 0,
        last_error: { code: 'mapping_link_missing', link: { type: 'customer', id: 'A1', system: 'books' } },
      },
    ]);
    expect(Number((await stage.deliveries())[0]?.due_in_ms)).toBeLessThanOrEqual(250);
    const timeline = await stage.tenants.run(stage.tenant, async (tx) => {
      const found = await findEvent(tx, tracking, false);
      return found === null ? [] : eventTimeline(tx, found);
    });
    expect(timeline.map((entry) => entry.message).join('\n')).toContain('Waiting for a link: The customer "A1"');

    await stage.tenants.run(stage.tenant, (tx) =>
      tx.query(`update deliveries set next_attempt_at = now() + interval '1 hour'`),
    );
    await stage.event('crm.customer', pulledCustomer('A1', 'Acme'));
    await stage.drain();
    expect(stage.rung).toContainEqual({ tenantId: stage.tenant, connectionId: stage.books });
    await stage.drain();
    expect((await stage.deliveries()).map((row) => [row.status, row.attempts])).toEqual([
      ['succeeded', 1],
      ['succeeded', 1],
    ]);
    expect(stage.delivered.map((record) => record.payloadText)).toEqual(['{"Name":"Acme"}', '{"Customer":"b1"}']);
  });

  it('waits longer each time, and not for ever', async () => {
    await stage.route('crm.invoice', 'invoice.upsert', INVOICE);
    await stage.event('crm.invoice', { customer: 'A1' });
    const waits: number[] = [];
    for (const sinceMs of [0, 500, 8_000, 60_000, 3_600_000]) {
      await stage.tenants.run(stage.tenant, (tx) =>
        tx.query(
          `update deliveries set next_attempt_at = now(), deferred_since = now() - $1 * interval '1 millisecond'`,
          [sinceMs],
        ),
      );
      await stage.drain();
      waits.push(Number((await stage.deliveries())[0]?.due_in_ms));
    }
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    expect(waits[4]).toBeGreaterThan(120_000);
    await stage.tenants.run(stage.tenant, (tx) =>
      tx.query(`update deliveries set next_attempt_at = now(), deferred_since = now() - interval '25 hours'`),
    );
    await stage.drain();
    expect(await stage.deliveries()).toMatchObject([{ status: 'dead', reason: 'deferred_too_long' }]);
  });

  it('may do so in a filter, too', async () => {
    await stage.route('crm.deal', 'invoice.upsert', '{"No": id}', '$not($exists($link("deal", id, "books")))');
    await stage.event('crm.deal', { id: 'D1' });
    await stage.event('crm.deal', { id: 'D2' });
    await stage.tenants.run(stage.tenant, (tx) =>
      createLink(tx, 'deal', [
        { system: { connectionId: stage.source, source: '' }, recordId: 'D2' },
        { system: { connectionId: stage.books, source: '' }, recordId: 'b9' },
      ]),
    );
    await stage.drain();
    expect((await stage.deliveries()).map((row) => [row.status, row.reason])).toEqual([
      ['succeeded', null],
      ['cancelled', 'filtered'],
    ]);
  });
});
