import { newUuid } from '@hub/platform';
import { ALERT_RULES } from '../rules/alert-rules';
import { type AlertRule } from '../rules/rule.types';
import { plantDeadLetter } from '../testing/alerts-harness';
import { stageLooks } from '../testing/look-stage';
import { claimTenant, findDueTenants } from './watch.repository';

describe('looking for alerts', () => {
  const stage = stageLooks();

  it('leaves as it was what could not be looked at', async () => {
    const connection = await stage.harness.addConnection();
    await plantDeadLetter(stage.harness, connection);
    await stage.harness.look();
    const partly: AlertRule = {
      ...ruleOf('dead_letters'),
      read: () => Promise.resolve({ found: [], complete: false, agedOut: [] }),
    };
    await stage.harness.look({ rules: [partly] });
    expect(await stage.statuses()).toEqual(['dead_letters open']);
  });

  it('goes on without a rule that cannot be read, whose alerts stay as they are', async () => {
    const connection = await stage.harness.addConnection();
    await plantDeadLetter(stage.harness, connection);
    await stage.harness.look();
    await stage.harness.sql(
      `update connections set status = 'needs_reauth', credentials_sealed = 'x' where tenant_id = $1`,
      [stage.harness.tenantId],
    );
    const broken: AlertRule = {
      ...ruleOf('dead_letters'),
      read: async (tx) => ({ found: await tx.query('select no_such_column'), complete: true, agedOut: [] }),
    };
    expect(await stage.harness.tryLook({ rules: [broken, ruleOf('connection_needs_reauth')] })).toEqual({
      told: 0,
      failedRules: ['dead_letters'],
    });
    expect((await stage.statuses()).sort()).toEqual(['connection_needs_reauth open', 'dead_letters open']);
  });

  it('goes on when the books cannot be counted, whose alerts stay as they are', async () => {
    await stage.set('books_unbalanced', { forSeconds: 0 });
    const hour = (balanced: boolean): Promise<unknown> =>
      stage.harness.sql(
        `insert into balance_hours (tenant_id, hour, balanced) values ($1, date_trunc('hour', now()), $2)
         on conflict (tenant_id, hour) do update set balanced = excluded.balanced`,
        [stage.harness.tenantId, balanced],
      );
    await hour(false);
    await stage.harness.look();
    await hour(true);
    await plantDeadLetter(stage.harness, await stage.harness.addConnection());
    const fail = (): Promise<void> => Promise.reject(new Error('as the test wants'));
    expect(await stage.harness.tryLook({ countBooks: fail })).toMatchObject({ failedRules: ['books_unbalanced'] });
    expect((await stage.statuses()).sort()).toEqual(['books_unbalanced open', 'dead_letters open']);
  });

  it('keeps the tenant for longer than the longest statement of the counting', async () => {
    let kept: { long: boolean }[] = [];
    const countBooks = async (): Promise<void> => {
      kept = await stage.harness.sql(
        `select lease_until > now() + interval '30 seconds' as long from tenant_watch where tenant_id = $1`,
        [stage.harness.tenantId],
      );
    };
    await stage.harness.look({ countBooks });
    expect(kept).toEqual([{ long: true }]);
  });

  it('is done by one of many who look at once', async () => {
    const connection = await stage.harness.addConnection();
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await plantDeadLetter(stage.harness, connection);
    const looks = await Promise.all(Array.from({ length: 6 }, () => stage.harness.tryLook()));
    expect((await stage.harness.alerts()).length).toBe(1);
    expect(await stage.kinds()).toEqual(['triggered']);
    expect(looks.filter((look) => look !== null && look.told > 0)).toHaveLength(1);
  });

  it('writes nothing for a look that was overtaken', async () => {
    const connection = await stage.harness.addConnection();
    await plantDeadLetter(stage.harness, connection);
    const overtake = async (): Promise<void> => {
      await stage.harness.sql(
        `update tenant_watch set lease_token = $2, lease_until = now() + interval '1 minute' where tenant_id = $1`,
        [stage.harness.tenantId, newUuid()],
      );
    };
    expect(await stage.harness.tryLook({ countBooks: overtake })).toBeNull();
    expect(await stage.statuses()).toEqual([]);
  });

  it('keeps others out while it decides, however long its lease has been over', async () => {
    let locked: object[] = [{}];
    const slow: AlertRule = {
      ...ruleOf('dead_letters'),
      read: async () => {
        locked = await stage.harness.sql(
          `select tenant_id from tenant_watch where tenant_id = $1 for update skip locked`,
          [stage.harness.tenantId],
        );
        return { found: [], complete: true, agedOut: [] };
      },
    };
    await stage.harness.look({ rules: [slow] });
    expect(locked).toEqual([]);
  });

  it('leaves the tenant to whoever has overtaken a look that fails', async () => {
    const other = newUuid();
    const run = jest.spyOn(stage.harness.tenants, 'run');
    const overtake = async (): Promise<void> => {
      await stage.harness.sql(`update tenant_watch set lease_token = $2 where tenant_id = $1`, [
        stage.harness.tenantId,
        other,
      ]);
      run.mockRejectedValueOnce(new Error('the database is away'));
    };
    await expect(stage.harness.look({ countBooks: overtake })).rejects.toThrow('the database is away');
    run.mockRestore();
    const [watch] = await stage.harness.sql(`select lease_token from tenant_watch where tenant_id = $1`, [
      stage.harness.tenantId,
    ]);
    expect(watch).toEqual({ lease_token: other });
  });

  it('is not done again before its time, by whoever has found the tenant due at the same moment', async () => {
    await stage.harness.look();
    const claim = (): Promise<boolean> =>
      stage.harness.tenants.run(stage.harness.tenantId, (tx) => claimTenant(tx, newUuid()));
    expect(await claim()).toBe(false);
    await stage.harness.sql(`update tenant_watch set due_at = now() where tenant_id = $1`, [stage.harness.tenantId]);
    expect(await claim()).toBe(true);
    expect(await claim()).toBe(false);
  });

  it('tidies up once a day, not with each look', async () => {
    let tidied = 0;
    const tidy = (): Promise<void> => {
      tidied++;
      return Promise.resolve();
    };
    const later = (hours: number): Promise<unknown> =>
      stage.harness.sql(`update tenant_watch set tidied_at = tidied_at - $2 * interval '1 hour' where tenant_id = $1`, [
        stage.harness.tenantId,
        hours,
      ]);
    await stage.harness.look({ tidy });
    await later(23);
    await stage.harness.look({ tidy });
    expect(tidied).toBe(1);
    await later(2);
    await stage.harness.look({ tidy });
    expect(tidied).toBe(2);
  });

  it('leaves no lease behind when it fails', async () => {
    const fail = (): Promise<void> => Promise.reject(new Error('as the test wants'));
    await expect(stage.harness.look({ tidy: fail })).rejects.toThrow('as the test wants');
    const [watch] = await stage.harness.sql(
      `select lease_token, due_at > now() as later from tenant_watch where tenant_id = $1`,
      [stage.harness.tenantId],
    );
    expect(watch).toEqual({ lease_token: null, later: true });
  });

  it.each([
    ['a cheap look at a company with alerts', 'cheap', 15],
    ['a dear one: as a quiet company, and not later', 'dear', 60],
    ['a dear one that could not count the books', 'dear, without books', 600],
  ])('leaves time to others after %s', async (_what, kind, seconds) => {
    await plantDeadLetter(stage.harness, await stage.harness.addConnection());
    let now = 0;
    const countBooks = (): Promise<void> => {
      now += kind === 'cheap' ? 100 : 30_000;
      return kind === 'dear, without books' ? Promise.reject(new Error('as the test wants')) : Promise.resolve();
    };
    await stage.harness.tryLook({ countBooks, clock: () => now });
    const [watch] = await stage.harness.sql<{ seconds: number }>(
      `select extract(epoch from due_at - looked_at)::float8 as seconds from tenant_watch where tenant_id = $1`,
      [stage.harness.tenantId],
    );
    expect(watch?.seconds).toBe(seconds);
  });

  it('finds who is due: active tenants, new ones first, and none that somebody looks at', async () => {
    const due = (): Promise<string[]> => findDueTenants(stage.database.dispatcher, 10_000);
    const suspended = await stage.database.createTenant({ status: 'suspended' });
    expect(await due()).toContain(stage.harness.tenantId);
    expect(await due()).not.toContain(suspended.id);
    await stage.harness.look();
    expect(await due()).not.toContain(stage.harness.tenantId);
    await stage.harness.sql(`update tenant_watch set due_at = now() where tenant_id = $1`, [stage.harness.tenantId]);
    expect(await due()).toContain(stage.harness.tenantId);
    await stage.harness.sql(`update tenant_watch set lease_until = now() + interval '1 minute' where tenant_id = $1`, [
      stage.harness.tenantId,
    ]);
    expect(await due()).not.toContain(stage.harness.tenantId);
  });

  function ruleOf(id: string): AlertRule {
    const found = ALERT_RULES.find((each) => each.id === id);
    if (found === undefined) throw new Error(`no rule ${id}`);
    return found;
  }
});
