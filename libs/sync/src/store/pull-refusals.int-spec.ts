import { PullStage, refusal } from '../testing/pull-stage';

const stage = PullStage.open();

describe('refusals', () => {
  it('a limit makes deliveries and pulls of the connection wait, and fails nothing', async () => {
    const { vendor } = stage.harness;
    vendor.put('a', 'x');
    vendor.failures.push(refusal('rate_limited', { retryAfterMs: 60_000 }));
    const { id } = await stage.harness.addSync();
    await stage.harness.puller().pull(stage.harness.target);
    await stage.harness.puller().pull(stage.harness.target);
    expect(vendor.calls).toHaveLength(1);
    expect(await stage.syncOf(id)).toMatchObject({
      status: 'active',
      failures: 0,
      last_error: { code: 'rate_limited_code' },
    });
    expect(await stage.runsOf(id)).toMatchObject([
      { status: 'running', failures: 0, error: { category: 'rate_limited' } },
    ]);
    const [waits] = await stage.harness.query<Record<string, unknown>>(
      `select p.resume_at > now() + interval '50 seconds' as pull, r.resume_at > now() + interval '50 seconds' as drain, r.resume_reason,
              r.limited_since is not null as since
       from connection_pulls p join connection_runtime r using (tenant_id, connection_id)`,
    );
    expect(waits).toEqual({ pull: true, drain: true, resume_reason: 'rate_limited', since: true });
    await stage.harness.query(`update connection_pulls set resume_at = null`);
    // The limit that deliveries wait for holds for pulls as well.
    await stage.harness.puller().pull(stage.harness.target);
    expect(vendor.calls).toHaveLength(1);
    await stage.harness.query(`update connection_runtime set resume_at = now()`);
    await stage.harness.puller().pull(stage.harness.target);
    expect(await stage.runsOf(id)).toMatchObject([{ status: 'succeeded', error: null }]);
  });

  it('a limit that a delivery meets stops a pull after its page', async () => {
    const { vendor, rings } = stage.harness;
    for (let index = 0; index < 9; index++) vendor.put(`c${index}`, 'x', 1_000);
    await stage.harness.addSync();
    const pull = vendor.pull.bind(vendor);
    vendor.pull = async (request) => {
      await stage.harness.query(
        `update connection_runtime set resume_reason = 'rate_limited', resume_at = now() + interval '1 minute'`,
      );
      return pull(request);
    };
    await stage.harness.puller().pull(stage.harness.target);
    expect(vendor.calls).toHaveLength(1);
    expect(await stage.subjects()).toHaveLength(3);
    expect(rings.later[0]).toBeGreaterThan(50_000);
  });

  it('a revoked grant holds the run until the connection is well again', async () => {
    const { vendor } = stage.harness;
    vendor.put('a', 'x');
    vendor.failures.push(refusal('auth_revoked'));
    const { id } = await stage.harness.addSync();
    const connection = vendor.connection();
    await stage.harness
      .puller('w1', {
        ...connection,
        requireReauth: async () => void (await stage.harness.query(`update connections set status = 'needs_reauth'`)),
      })
      .pull(stage.harness.target);
    await stage.harness.puller().pull(stage.harness.target);
    expect(vendor.calls).toHaveLength(1);
    expect(await stage.runsOf(id)).toMatchObject([{ status: 'running', error: { category: 'auth_revoked' } }]);
    await stage.harness.query(`update connections set status = 'active'`);
    await stage.harness.puller().pull(stage.harness.target);
    expect(await stage.subjects()).toEqual(['customer/a']);
  });

  it('a fleeting failure is tried again from the same place, and told to people when it stays', async () => {
    const { vendor } = stage.harness;
    for (let index = 0; index < 6; index++) vendor.put(`c${index}`, 'x', 1_000);
    const { id } = await stage.harness.addSync();
    for (let failure = 1; failure <= 6; failure++) {
      vendor.failures.push(refusal('transient'));
      await stage.harness.puller().pull(stage.harness.target);
      expect(await stage.syncOf(id)).toMatchObject({ failures: failure, status: failure < 5 ? 'active' : 'failing' });
      await stage.harness.puller().pull(stage.harness.target);
      expect(vendor.calls).toHaveLength(failure);
      await stage.harness.query(`update sync_runs set next_attempt_at = now()`);
    }
    await stage.harness.puller().pull(stage.harness.target);
    expect(await stage.syncOf(id)).toMatchObject({ failures: 0, status: 'active', last_error: null });
    expect(await stage.runsOf(id)).toMatchObject([{ status: 'succeeded', records_seen: 6 }]);
    const told = await stage.harness.query(
      `select type, data::jsonb ->> 'sync_id' as sync from hub_events order by id`,
    );
    expect(told).toEqual([
      { type: 'sync.failing', sync: id },
      { type: 'sync.recovered', sync: id },
    ]);
  });

  it('one that needs a person ends the run, says so, and is asked again a quarter of an hour later', async () => {
    const { vendor } = stage.harness;
    vendor.failures.push(refusal('permission'));
    const { id } = await stage.harness.addSync();
    await stage.harness.puller().pull(stage.harness.target);
    const sync = await stage.syncOf(id);
    expect(sync).toMatchObject({
      status: 'failing',
      last_error: { category: 'permission', message: 'with a \ufffd in it' },
    });
    expect(sync.next_run_at.getTime() - sync.read_at.getTime()).toBeGreaterThan(14 * 60_000);
    expect(await stage.runsOf(id)).toMatchObject([{ status: 'failed', error: { code: 'permission_code' } }]);
    await stage.ask(id, { kind: 'manual' });
    await stage.harness.puller().pull(stage.harness.target);
    expect(await stage.syncOf(id)).toMatchObject({ status: 'active', last_error: null });
  });
});
