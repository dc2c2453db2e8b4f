import { plantDeadLetter } from '../testing/alerts-harness';
import { stageLooks } from '../testing/look-stage';
import { dropOldAlerts } from './alert.repository';

describe('what is kept of alerts', () => {
  const stage = stageLooks();

  it('is a quarter of a year of what is over, whatever goes on, and what still has to be sent', async () => {
    const { harness } = stage;
    const sql = (text: string): Promise<unknown> => harness.sql(text, [harness.tenantId]);
    const aged = (what: 'over' | 'told', days: number): Promise<unknown> =>
      what === 'over'
        ? sql(
            `update alerts set resolved_at = now() - interval '${days} days' where tenant_id = $1 and phase = 'resolved'`,
          )
        : sql(`update alert_notifications set created_at = now() - interval '${days} days' where tenant_id = $1`);
    const left = async (): Promise<{ alerts: string[]; notices: number }> => {
      await harness.tenants.run(harness.tenantId, dropOldAlerts);
      return { alerts: await stage.statuses(), notices: (await harness.notifications()).length };
    };
    await harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await plantDeadLetter(harness, await harness.addConnection());
    await harness.look();
    await sql(`update deliveries set status = 'cancelled' where tenant_id = $1`);
    await harness.look();
    await plantDeadLetter(harness, await harness.addConnection());
    await harness.look();
    const both = ['dead_letters open', 'dead_letters resolved'];
    await aged('over', 91);
    await aged('told', 91);
    // Nothing was sent yet.
    expect(await left()).toEqual({ alerts: both, notices: 3 });
    await sql(`update alert_notifications set status = 'sent' where tenant_id = $1`);
    await aged('told', 89);
    expect(await left()).toEqual({ alerts: both, notices: 3 });
    await aged('over', 89);
    await aged('told', 91);
    // Of what goes on they say who was told.
    expect(await left()).toEqual({ alerts: both, notices: 1 });
    await aged('over', 91);
    expect(await left()).toEqual({ alerts: ['dead_letters open'], notices: 1 });
  });
});
