import { type ConnectorContext, type RecordOutcome } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
import { SalesforceStage } from './salesforce.fixture';
import { REFUSALS } from './salesforce.refusals';

describe('what Salesforce refuses', () => {
  let stage: SalesforceStage;
  let context: ConnectorContext;
  const at: Record<string, string> = {};

  beforeAll(async () => {
    stage = await SalesforceStage.start();
  });
  afterAll(() => stage.stop());
  beforeEach(async () => {
    await stage.reset();
    // A connection of its own for each: what one has learnt of its org is no other's.
    context = { ...(await stage.signIn()), connectionId: expect.getState().currentTestName ?? '' };
    const [here] = await stage.seed([{ attributes: { type: 'Account' }, Name: 'here', ERP_Id__c: 'taken' }]);
    at['here'] = here ?? '';
  });

  it.each(Object.entries(REFUSALS))('%s', async (_what, refusal) => {
    const { when, operation = 'customer.upsert', is, and = {} } = refusal;
    await when(stage, at);
    const given = refusal.payload?.(at) ?? { Hub_Id__c: 'new', Name: 'new' };
    const [outcome] = await stage.deliver(context, operation, [given]);
    expect(outcome).toMatchObject({ ok: false, error: and });
    expect(namedAs(outcome)).toBe(is);
    const error = outcome?.ok === false ? outcome.error : null;
    // What is said of one record holds up no other, and only a limit that names its wait has one.
    expect(Object.keys(error ?? {}).filter((key) => ['wholeConnection', 'retryAfterMs'].includes(key))).toEqual(
      Object.keys(and).filter((key) => ['wholeConnection', 'retryAfterMs'].includes(key)),
    );
  });

  it('of a bulk job, for each record as of a call', async () => {
    await stage.set({
      bulk_step_ms: 0,
      duplicate_rules: [{ object: 'Account', fields: ['Name'] }],
      validation_rules: [{ object: 'Account', when: "Phone = 'rule'", message: 'No: "so"', field: 'Phone' }],
      automations: [
        { object: 'Account', when: "Phone = 'lock'", meets: 'locked_row' },
        { object: 'Account', kind: 'flow', when: "Phone = 'error'", meets: 'error' },
      ],
    });
    const bad: readonly JsonObject[] = [{ Name: 'HERE' }, { Phone: 'rule' }, { Phone: 'lock' }, { Phone: 'error' }];
    const payloads = Array.from({ length: 210 }, (_, i) => ({ Hub_Id__c: `k${i}`, Name: `n${i}`, ...bad[i] }));
    const bulk = { ...context, config: { bulk_threshold: 201 } };
    const outcomes = await stage.deliver(bulk, 'customer.upsert', payloads);
    expect(outcomes.slice(0, 5).map(namedAs)).toEqual([
      'duplicate DUPLICATES_DETECTED',
      'validation FIELD_CUSTOM_VALIDATION_EXCEPTION',
      'transient CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      'validation CANNOT_EXECUTE_FLOW_TRIGGER',
      'ok',
    ]);
    expect(outcomes[0]).toMatchObject({ error: { message: 'DUPLICATES_DETECTED: Use one of these records?' } });
    expect(outcomes[1]).toMatchObject({
      error: { fields: ['Phone'], message: 'FIELD_CUSTOM_VALIDATION_EXCEPTION: No: "so"' },
    });
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(206);
  });

  it('of duplicates is overridden where the connection says so, in bulk numbers too, but never a block', async () => {
    const rule = { object: 'Account', fields: ['Name'] };
    await stage.set({ duplicate_rules: [rule] });
    const saving = { ...context, config: { allow_duplicates: true, bulk_threshold: 201 } };
    const payloads = Array.from({ length: 205 }, (_, i) => ({ Hub_Id__c: `k${i}`, Name: 'here' }));
    const outcomes = await stage.deliver(saving, 'customer.upsert', payloads);
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    await stage.set({ duplicate_rules: [{ ...rule, action: 'block' }] });
    const [blocked] = await stage.deliver(saving, 'customer.upsert', [{ Hub_Id__c: 'new', Name: 'here' }]);
    expect(namedAs(blocked)).toBe('duplicate DUPLICATES_DETECTED');
  });

  it('of rows that another call holds is over with that call', async () => {
    await stage.set({ lock_hold_ms: 1_000 });
    const child = (key: string) =>
      stage.deliver(context, 'contact.upsert', [{ Hub_Id__c: key, LastName: 'L', AccountId: at['here'] ?? '' }]);
    const outcomes = (await Promise.all([child('a'), child('b')])).flat().map(namedAs);
    expect([...outcomes].sort()).toEqual(['ok', 'transient UNABLE_TO_LOCK_ROW']);
    expect((await Promise.all([child('a')])).flat().map(namedAs)).toEqual(['ok']);
  });

  it('while too many calls are long makes fewer at once, for this connection alone', async () => {
    // Every call is long, and five are allowed: of eight at once some are refused.
    await stage.set({ long_call_ms: 0, call_delay_ms: 300 });
    const deliver = (key: string) => stage.deliver(context, 'customer.upsert', [{ Hub_Id__c: key, Name: key }]);
    const first = (await Promise.all(Array.from('abcdefgh', deliver))).flat().map(namedAs);
    expect(new Set(first)).toEqual(new Set(['ok', 'concurrency REQUEST_LIMIT_EXCEEDED']));
    const again = (await Promise.all(Array.from('abcdefgh', deliver))).flat().map(namedAs);
    expect(new Set(again)).toEqual(new Set(['ok']));
  });
});

function namedAs(outcome: RecordOutcome | undefined): string {
  if (outcome === undefined) return 'none';
  return outcome.ok ? 'ok' : `${outcome.error.category} ${outcome.error.code}`;
}
