import { newUuid } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { CLOSED } from '../breaker/breaker';
import { type DeliveryHarness } from '../testing/delivery-harness';
import { stageDeliveries } from '../testing/delivery-stage';
import { holdAndChange, holdSlot, takeSlot, type RuntimeChange, type Slot } from './slot';

const FAILED: RuntimeChange = {
  breaker: CLOSED,
  wait: null,
  succeeded: false,
  lastError: '{"category":"transient"}',
  transition: null,
};

describe('the slot of a connection', () => {
  let harness: DeliveryHarness;
  stageDeliveries((made) => (harness = made));

  const inTenant = <T>(work: (tx: TenantTx) => Promise<T>): Promise<T> => harness.tenantDb.run(harness.tenantId, work);
  const take = async (): Promise<Slot> => {
    const slot = await inTenant((tx) => takeSlot(tx, harness.connectionId, newUuid(), 'test'));
    if (slot === null) throw new Error('the slot is taken');
    return slot;
  };
  const change = (slot: Slot, fields: Partial<RuntimeChange>): Promise<boolean> =>
    inTenant((tx) => holdAndChange(tx, slot, { ...FAILED, ...fields }));
  const runtime = async (columns: string): Promise<Record<string, unknown> | undefined> =>
    (await inTenant((tx) => tx.query(`select ${columns} from connection_runtime`)))[0];

  it('is no longer held by who has lost it, who does not renew it for the other either', async () => {
    const lost = await take();
    await inTenant((tx) => tx.query(`update connection_runtime set slot_until = now() - interval '1 second'`));
    const own = await take();
    const before = await runtime('slot_token, slot_until');
    expect(await inTenant((tx) => holdSlot(tx, lost))).toBe(false);
    expect(await change(lost, {})).toBe(false);
    expect(await runtime('slot_token, slot_until')).toEqual(before);
    expect(await inTenant((tx) => holdSlot(tx, own))).toBe(true);
  });

  it('has its wait never shortened', async () => {
    const slot = await take();
    for (const waitMs of [60_000, 5_000]) await change(slot, { wait: { reason: 'rate_limited', waitMs } });
    expect(await runtime(`resume_at > now() + interval '30 seconds' as waits`)).toEqual({ waits: true });
    await change(slot, { wait: { reason: 'rate_limited', waitMs: 3_600_000 } });
    expect(await runtime(`resume_at > now() + interval '30 minutes' as waits`)).toEqual({ waits: true });
  });

  it('tells since when calls have failed: since the first failure after the last success', async () => {
    const slot = await take();
    await change(slot, {});
    const first = await runtime('failing_since');
    expect(first?.['failing_since']).toBeInstanceOf(Date);
    await change(slot, {});
    await change(slot, { lastError: null });
    expect(await runtime('failing_since')).toEqual(first);
    await change(slot, { succeeded: true, lastError: null });
    expect(await runtime('failing_since')).toEqual({ failing_since: null });
  });
});
