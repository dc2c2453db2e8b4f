import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { NO_OVERRIDES, saveRuleOverrides, type RuleOverrides } from '../store/rule-settings.repository';
import { createAlertsHarness, type AlertsHarness } from './alerts-harness';

/** A new tenant for each test, and what its looks have come to. */
export interface LookStage {
  readonly database: TestDatabase;
  readonly harness: AlertsHarness;
  /** `<rule> <phase>` of each alert, newest first. */
  statuses(): Promise<string[]>;
  /** Of what is to be told, in order. */
  kinds(): Promise<string[]>;
  /** What the tenant wants otherwise of a rule; the rest is the hub's defaults. */
  set(rule: string, overrides: Partial<RuleOverrides>): Promise<boolean>;
  /** As if that much time had passed since. */
  age(seconds: number): Promise<unknown>;
}

/** Call it inside a `describe`. What it returns is filled in before each test. */
export function stageLooks(): LookStage {
  let database: TestDatabase;
  let harness: AlertsHarness;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    harness = await createAlertsHarness(database);
  });
  return {
    get database() {
      return database;
    },
    get harness() {
      return harness;
    },
    statuses: async () => (await harness.alerts()).map(({ rule, phase }) => `${rule} ${phase}`),
    kinds: async () => (await harness.notifications()).map(({ kind }) => kind),
    set: (rule, overrides) =>
      harness.tenants.run(harness.tenantId, (tx) => saveRuleOverrides(tx, rule, { ...NO_OVERRIDES, ...overrides })),
    age: (seconds) =>
      harness.sql(
        `update alerts set since = since - $2 * interval '1 second', opened_at = opened_at - $2 * interval '1 second', clear_since = clear_since - $2 * interval '1 second',
           told_at = told_at - $2 * interval '1 second', last_told_at = last_told_at - $2 * interval '1 second',
           worse_since = worse_since - $2 * interval '1 second' where tenant_id = $1`,
        [harness.tenantId, seconds],
      ),
  };
}
