import { cancelBacktest, claimBacktest, findBacktest, saveBacktestStep } from '@hub/mapping-store';
import { newUuid, toPublicId } from '@hub/platform';
import { createLink } from '@hub/sync';
import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import { type BacktestRunner } from './backtest-runner';
import { BacktestStage } from './fixtures/backtest-stage';

let database: TestDatabase;
let stage: BacktestStage;
let runner: BacktestRunner;

beforeAll(async () => {
  database = await createTestDatabase();
  stage = new BacktestStage(database);
  runner = stage.newRunner();
  runner.start();
});
afterAll(async () => {
  await runner.stop();
  await stage.engine.close();
  await database.close();
});
beforeEach(() => stage.begin());

describe('a back-test', () => {
  it('says of each event what publishing would do, with the places', async () => {
    const published = `kind = "skip" ? $skip("no") : kind in ["dead", "fixed"] ? $error("b") : {"n": n, "v": 1}`;
    const draft = `kind = "skip" ? $skip("no") :\n kind in ["dead", "broken"] ? $error("d") : {"n": n, "v": kind = "new" ? 2 : 1}`;
    const id = await stage.mapping(published);
    await stage.route(id, 'order.*');
    const kinds = ['same', 'new', 'skip', 'dead', 'fixed', 'broken'];
    await stage.accept(
      'order.created',
      kinds.map((kind, n) => ({ kind, n })),
    );
    await stage.accept('invoice.created', [{ kind: 'new' }]);
    const { row, items } = await stage.run(id, draft);
    expect(row).toMatchObject({ status: 'succeeded', tested: 6, examined: 6, stopped_because: null });
    expect(row.totals).toEqual({
      unchanged: 1,
      changed: 1,
      skipped_both: 1,
      still_failing: 1,
      now_fixed: 1,
      now_failing: 1,
      sent_not_kept: 6,
    });
    // Newest first.
    expect(items.map(({ outcome }) => outcome)).toEqual([
      'now_failing',
      'now_fixed',
      'still_failing',
      'skipped_both',
      'changed',
      'unchanged',
    ]);
    expect(items[0]?.detail.draft).toMatchObject({
      kind: 'failed',
      error: { code: 'mapping_runtime', message: 'd', line: 2 },
    });
    expect(items[4]?.detail.differences).toEqual([{ pointer: '/v', kind: 'changed', before: 1, after: 2 }]);
  });

  it('runs over as many of the newest events as it was asked to, a step at a time', async () => {
    const id = await stage.mapping('n');
    await stage.route(id, 'order.*');
    const ids = await stage.accept(
      'order.created',
      Array.from({ length: 70 }, (_none, n) => ({ n })),
    );
    const { row, items } = await stage.run(id, 'n', { wanted: 50 });
    expect([row.tested, row.totals.unchanged]).toEqual([50, 50]);
    expect(items.map(({ trackingId }) => trackingId)).toEqual([...ids].reverse().slice(0, 50));
    expect(items.map(({ number }) => number)).toEqual(Array.from({ length: 50 }, (_none, index) => index + 1));
    // What was accepted later is no part of it, and neither is what another type brings.
    expect((await stage.run(id, 'n', { wanted: 1_000 })).row.tested).toBe(70);
  });

  it('honours the filter of each route, and the connection that each delivers to', async () => {
    const other = await stage.connection('books');
    await stage.tenants.run(stage.tenant, (tx) =>
      createLink(tx, 'customer', [
        { system: { connectionId: null, source: 'shop' }, recordId: '1' },
        { system: { connectionId: stage.books, source: '' }, recordId: 'in-books' },
        { system: { connectionId: other, source: '' }, recordId: 'in-other' },
      ]),
    );
    const id = await stage.mapping('{"to": "in-books"}');
    const first = await stage.route(id, 'order.*', { filter: 'n > 1' });
    const second = await stage.route(id, '*.created', { connectionId: other });
    await stage.route(id, 'order.*', { enabled: false });
    await stage.accept('order.created', [{ n: 1 }, { n: 2 }], 'shop');
    const { row, items } = await stage.run(id, '{"to": $link("customer", "1", "books")}');
    expect(row).toMatchObject({ tested: 3, examined: 2 });
    expect(items.map(({ routeId, connectionId, outcome }) => [routeId, connectionId, outcome])).toEqual([
      [first, stage.books, 'unchanged'],
      [second, other, 'changed'],
      [second, other, 'changed'],
    ]);
    expect(items[1]?.detail.differences).toMatchObject([{ pointer: '/to', after: 'in-other' }]);
  });

  it('takes the routes that it is told to, disabled ones too, and none of another mapping', async () => {
    const id = await stage.mapping('n');
    const disabled = await stage.route(id, 'order.*', { enabled: false });
    const elsewhere = await stage.route(await stage.mapping('n'), 'order.*');
    await stage.accept('order.created', [{ n: 1 }]);
    expect(await stage.tryToPlan(id, 'n')).toMatchObject({ code: 'mapping_not_used', extra: { disabled_routes: 1 } });
    expect(await stage.tryToPlan(id, 'n', { routeIds: [disabled, elsewhere] })).toMatchObject({
      code: 'invalid_backtest',
      faults: [{ pointer: '/route_ids/1' }],
    });
    expect((await stage.run(id, 'n', { routeIds: [disabled] })).row.tested).toBe(1);
  });

  it('leaves out what varies by itself', async () => {
    const id = await stage.mapping('{"at": $now(), "id": $random(), "n": n}');
    await stage.route(id, 'order.*');
    await stage.accept('order.created', [{ n: 1 }]);
    const same = await stage.run(id, '{"at": $now(), "id": $random(), "n": n}');
    expect(same.items).toMatchObject([{ outcome: 'unchanged' }]);
    expect(same.items[0]?.detail.varying).toContain('/id');
    const other = await stage.run(id, '{"at": $now(), "id": $random(), "n": n + 1}');
    expect(other.items[0]?.detail.differences.map(({ pointer }) => pointer)).toEqual(['/n']);
  });

  it('stops where the draft is cut again and again', async () => {
    const id = await stage.mapping('n');
    await stage.route(id, 'order.*');
    await stage.accept(
      'order.created',
      Array.from({ length: 45 }, (_none, n) => ({ n })),
    );
    const { row } = await stage.run(id, '($f := function() { $f() }; $f())');
    expect(row).toMatchObject({ status: 'succeeded', stopped_because: 'draft_too_slow' });
    expect(row.tested).toBeLessThan(45);
    expect(row.totals.now_failing).toBe(row.tested);
  }, 40_000);

  it('stops where filters let next to nothing pass', async () => {
    const id = await stage.mapping('n');
    await stage.route(id, 'order.*', { filter: 'false' });
    await stage.accept(
      'order.created',
      Array.from({ length: 45 }, (_none, n) => ({ n })),
    );
    expect((await stage.run(id, 'n', { wanted: 2 })).row).toMatchObject({ stopped_because: 'few_matches', tested: 0 });
  });
});

describe('beside what was sent', () => {
  it('tells the same from the different, by whichever version it was made', async () => {
    const id = await stage.mapping('{"v": v}');
    await stage.route(id, 'order.*');
    const [same, different, older] = await stage.accept('order.created', [{ v: 1 }, { v: 2 }, { v: 3 }]);
    await stage.sent(same ?? '', id, 1, { v: 1 });
    await stage.sent(different ?? '', id, 1, { v: 2 });
    await stage.sent(older ?? '', newUuid(), 4, { v: 'old' });
    const { row, items } = await stage.run(id, '{"v": v = 2 ? "two" : v}');
    expect(items.map(({ outcome, wasSent, detail }) => [outcome, wasSent, detail.sentVersion])).toEqual([
      ['unchanged', 'different', null],
      ['changed', 'different', 1],
      ['unchanged', 'same', 1],
    ]);
    expect(items[1]?.detail.sentDifferences).toEqual([{ pointer: '/v', kind: 'changed', before: 2, after: 'two' }]);
    expect(items[0]?.deliveryId).not.toBeNull();
    expect(row.totals).toMatchObject({ sent_same: 1, sent_different: 2 });
  });

  it('says what cannot be compared because links have changed since', async () => {
    const id = await stage.mapping(
      '{"c": $link("customer", c, "crm"), "r": need ? $linkRequired("customer", c, "crm")}',
    );
    await stage.route(id, 'order.*');
    const [moved, gone] = await stage.accept('order.created', [{ c: '1' }, { c: '2', need: true }], 'shop');
    await stage.sent(moved ?? '', id, 1, { c: 'was-linked' });
    await stage.sent(gone ?? '', id, 1, { c: 'x', r: 'x' });
    const { row, items } = await stage.run(id, '{"n": 1}');
    expect(items.map(({ outcome, wasSent, detail }) => [outcome, wasSent, detail.reason])).toEqual([
      ['not_comparable', 'not_comparable', 'links_changed'],
      ['changed', 'not_comparable', 'links_changed'],
    ]);
    expect(row.totals).toMatchObject({ not_comparable: 1, sent_not_comparable: 2 });
  });
});

describe('of a mapping that a sync pulls through', () => {
  it('gives the record as the vendor wrote it, and holds the outcome to the model', async () => {
    const source = await stage.connection('crm');
    const id = await stage.mapping(
      '{"id": record.Id, "kind": "company", "display_name": record.Name, "status": "active"}',
    );
    await stage.tenants.run(stage.tenant, (tx) =>
      tx.query(
        `insert into syncs (tenant_id, id, name, connection_id, object, mapping_id, interval_seconds) values ($1, $2, 'a', $3, 'Account', $4, 60)`,
        [stage.tenant, newUuid(), source, id],
      ),
    );
    const from = `sync/${toPublicId('connection', source)}`;
    const big =
      '{"id":"A1","change":"updated","canonical":{"id":"A1"},"record":{"Id":"A1","Name":"Acme","Big":12345678901234567890}}';
    await stage.accept('crm.account.updated', [JSON.parse(big) as object, { record: { _omitted: 'too_large' } }], from);
    await database.asSuperuser((client) =>
      client.query(`update events set payload = $2 where tenant_id = $1 and payload like '%Acme%'`, [
        stage.tenant,
        big,
      ]),
    );
    await stage.accept('crm.account.deleted', [{ record: { Id: 'A2' } }], from);
    await stage.accept('crm.account.updated', [{ record: { Id: 'A3' } }], 'sync/con_01k9g8xv7hf2p9w3c5q6r7s8t9');
    const { items } = await stage.run(
      id,
      '{"id": record.Big, "region": connection.config.region, "seen": $exists(canonical)}',
    );
    expect(items.map(({ outcome, wasSent, detail }) => [outcome, wasSent, detail.reason])).toEqual(
      expect.arrayContaining([['not_comparable', 'not_kept', 'record_too_large']]),
    );
    expect(items).toHaveLength(2);
    const compared = items.find(({ outcome }) => outcome !== 'not_comparable');
    expect(compared).toMatchObject({
      wasSent: 'different',
      syncId: expect.any(String) as string,
      connectionId: source,
    });
    expect(compared?.detail.draft).toMatchObject({ kind: 'failed', error: { code: 'mapping_output_invalid' } });
  });
});

describe('one that is interrupted', () => {
  async function planned(): Promise<{ mappingId: string; id: string }> {
    const mappingId = await stage.mapping('n');
    await stage.route(mappingId, 'order.*');
    await stage.accept(
      'order.created',
      Array.from({ length: 30 }, (_none, n) => ({ n })),
    );
    return { mappingId, id: await stage.plan(mappingId, 'n') };
  }
  const lapse = (id: string): Promise<unknown> =>
    stage.tenants.run(stage.tenant, (tx) =>
      tx.query(`update mapping_backtests set lease_until = now() - interval '1 second' where id = $1`, [id]),
    );

  it('is taken on by another from where it was, and whoever was silent keeps nothing', async () => {
    await runner.stop();
    const { mappingId, id } = await planned();
    const silent = await stage.tenants.run(stage.tenant, (tx) => claimBacktest(tx, id));
    if (silent === null) throw new Error('not claimed');
    expect(await stage.tenants.run(stage.tenant, (tx) => claimBacktest(tx, id))).toBeNull();
    await lapse(id);
    runner = stage.newRunner();
    runner.start();
    expect(await stage.ended(mappingId, id)).toMatchObject({ status: 'succeeded', tested: 30, interruptions: 1 });
    const nothing = { beforeId: silent.beforeId, examined: 0, totals: {}, slowRuns: 0, workedMs: 0, end: null };
    expect(await stage.sealed((tx, seal) => saveBacktestStep(tx, seal, silent, { ...nothing, items: [] }))).toBe(false);
    expect(await stage.itemsOf(id)).toHaveLength(30);
  });

  it('again and again says so and ends', async () => {
    await runner.stop();
    const { mappingId, id } = await planned();
    for (let times = 0; times < 5; times++) {
      expect(await stage.tenants.run(stage.tenant, (tx) => claimBacktest(tx, id))).not.toBeNull();
      await lapse(id);
    }
    runner = stage.newRunner();
    runner.start();
    expect(await stage.ended(mappingId, id)).toMatchObject({ status: 'failed', error: { code: 'interrupted' } });
  });

  it('by whoever asked for it ends at once', async () => {
    await runner.stop();
    const { mappingId, id } = await planned();
    expect(await stage.tryToPlan(mappingId, 'n')).toMatchObject({ code: 'backtest_under_way' });
    const claimed = await stage.tenants.run(stage.tenant, (tx) => claimBacktest(tx, id));
    if (claimed === null) throw new Error('not claimed');
    expect(await stage.tenants.run(stage.tenant, (tx) => cancelBacktest(tx, mappingId, id))).toMatchObject({
      value: { status: 'cancelled' },
    });
    const step = {
      items: [],
      beforeId: claimed.beforeId,
      examined: 5,
      totals: {},
      slowRuns: 0,
      workedMs: 1,
      end: null,
    };
    expect(await stage.sealed((tx, seal) => saveBacktestStep(tx, seal, claimed, step))).toBe(false);
    expect(await stage.tenants.run(stage.tenant, (tx) => cancelBacktest(tx, mappingId, id))).toMatchObject({
      error: { code: 'backtest_ended' },
    });
    runner = stage.newRunner();
    runner.start();
  });
});

it('of a tenant whose key cannot be opened hold up no other, and end in time', async () => {
  await runner.stop();
  const poor = stage.tenant;
  const waiting: { readonly mappingId: string; readonly id: string }[] = [];
  for (let n = 0; n < 2; n++) {
    const mappingId = await stage.mapping('n');
    await stage.route(mappingId, 'order.*');
    waiting.push({ mappingId, id: await stage.plan(mappingId, '{"n": n}') });
  }
  await stage.begin();
  const mappingId = await stage.mapping('n');
  await stage.route(mappingId, 'order.*');
  runner = stage.newRunner({ withoutKeyOf: poor });
  runner.start();
  expect((await stage.run(mappingId, '{"n": n}')).row.status).toBe('succeeded');
  stage.tenant = poor;
  await stage.tenants.run(poor, (tx) =>
    tx.query(`update mapping_backtests set created_at = created_at - interval '11 minutes' where tenant_id = $1`, [
      poor,
    ]),
  );
  for (const one of waiting)
    expect(await stage.ended(one.mappingId, one.id)).toMatchObject({
      status: 'failed',
      error: { code: 'key_unavailable' },
    });
  await runner.stop();
  runner = stage.newRunner();
  runner.start();
});

it('reports are deleted once they are old, and no others', async () => {
  await runner.stop();
  const id = await stage.mapping('n');
  await stage.route(id, 'order.*');
  await stage.accept('order.created', [{ n: 1 }]);
  runner = stage.newRunner();
  runner.start();
  const [old, young] = [(await stage.run(id, 'n')).row.id, (await stage.run(id, 'n')).row.id];
  await runner.stop();
  await stage.tenants.run(stage.tenant, (tx) =>
    tx.query(`update mapping_backtests set created_at = now() - interval '8 days' where id = $1`, [old]),
  );
  runner = stage.newRunner();
  runner.start();
  await waitUntil('the old report to be gone', async () =>
    (await stage.tenants.run(stage.tenant, (tx) => findBacktest(tx, id, old))) === null ? true : null,
  );
  expect(await stage.itemsOf(old)).toEqual([]);
  expect(await stage.itemsOf(young)).toHaveLength(1);
});
