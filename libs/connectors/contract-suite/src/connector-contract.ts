import { compileSchema, validateConnection } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
import { type ConnectorHarness } from './contract-harness';
import {
  answer,
  batchOf,
  CERTAIN_FAILURES,
  contextOf,
  type Current,
  deliver,
  errorsOf,
  expectClassified,
  FAULTS,
  spellingsOf,
} from './contract-steps';
import { startFaultyServer } from './faulty-server';

/**
 * What the hub relies on in every connector. Call it in `<vendor>.contract-spec.ts`.
 * @param makeHarness called once; the suite closes what it returns.
 */
export function describeConnectorContract(name: string, makeHarness: () => Promise<ConnectorHarness>): void {
  describe(`${name} keeps the connector contract`, () => {
    let harness: ConnectorHarness;
    const current = (): ConnectorHarness => harness;

    beforeAll(async () => {
      harness = await makeHarness();
    });
    beforeEach(() => harness.server.reset());
    afterAll(async () => {
      await harness?.close();
    });

    describeManifest(current);
    describeDelivery(current);
    describeFailures(current);
    describeSecrets(current);
    describeCancelling(current);
    describeIdempotency(current);
    describeConnectionTest(current);
  });
}

function describeManifest(current: Current): void {
  describe('manifest', () => {
    it('has valid schemas, which take the settings of this suite and refuse unknown members', () => {
      const { connector, credentials } = current();
      const config = current().config({});
      compileSchema(connector.manifest.configSchema);
      compileSchema(connector.manifest.credentialsSchema);
      expect(validateConnection(connector, { config, credentials })).toEqual([]);
      const extra = (value: JsonObject): JsonObject => ({ ...value, no_such_member: 1 });
      expect(validateConnection(connector, { config: extra(config), credentials: extra(credentials) })).toEqual([
        expect.objectContaining({ pointer: '/config/no_such_member', code: 'unknown_member' }),
        expect.objectContaining({ pointer: '/credentials/no_such_member', code: 'unknown_member' }),
      ]);
    });

    it('lists distinct operations that the connector itself accepts', () => {
      const { connector, operation } = current();
      const ids = connector.manifest.operations.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { id, batchSize, inputSchema } of connector.manifest.operations) {
        expect([id, connector.checkOperation(id.replace('*', operation.split('.')[0]!))]).toEqual([id, null]);
        expect(batchSize).toBeGreaterThanOrEqual(1);
        if (inputSchema !== undefined) compileSchema(inputSchema);
      }
    });

    it('has sane limits, and offers what its capabilities promise', () => {
      const { connector } = current();
      const { limits, capabilities } = connector.manifest;
      expect(limits.defaultConcurrency).toBeGreaterThanOrEqual(1);
      expect(limits.maxConcurrency).toBeGreaterThanOrEqual(limits.defaultConcurrency);
      expect(limits.timeoutMs).toBeGreaterThan(0);
      expect(connector.refreshCredentials !== undefined).toBe(capabilities.refresh);
      expect(connector.describeObjects !== undefined).toBe(capabilities.describe);
      expect(connector.describeFields !== undefined).toBe(capabilities.describe);
    });

    it.each(['no.such.operation', '', '*', '../x.upsert'])(
      'refuses the operation "%s" without a call',
      async (operation) => {
        const harness = current();
        expect(harness.connector.checkOperation(operation)).toEqual(expect.any(String));
        const outcomes = await harness.connector.deliver(contextOf(harness), operation, harness.records(2));
        expect(errorsOf(outcomes).map(({ category }) => category)).toEqual(['config', 'config']);
        expect(harness.server.requests).toEqual([]);
      },
    );
  });
}

function describeDelivery(current: Current): void {
  describe('delivery', () => {
    it('gives one outcome for each record, in order, with what went over the wire', async () => {
      const harness = current();
      const records = batchOf(harness);
      const outcomes = await deliver(harness, records);
      expect(outcomes).toHaveLength(records.length);
      for (const [i, outcome] of outcomes.entries()) {
        expect(outcome).toMatchObject({ ok: true, exchange: { response: { status: expect.any(Number) as number } } });
        expect(harness.effectsOf(records[i]!)).toBe(1);
      }
      const ids = outcomes.flatMap((outcome) =>
        outcome.ok && outcome.externalId !== null ? [outcome.externalId] : [],
      );
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('has nothing to do for no records', async () => {
      expect(await deliver(current(), [])).toEqual([]);
      expect(current().server.requests).toEqual([]);
    });

    it('lets a bad record hurt none but itself', async () => {
      const harness = current();
      const [first, ...others] = batchOf(harness);
      const bad = harness.refusedRecord?.();
      if (bad === undefined) return;
      const records = [first!, bad, ...others];
      const outcomes = await deliver(harness, records);
      expect(outcomes.map(({ ok }) => ok)).toEqual(records.map((record) => record !== bad));
      expectClassified(errorsOf([outcomes[1]!])[0]!);
      expect(records.map((record) => harness.effectsOf(record))).toEqual(
        records.map((record) => (record === bad ? 0 : 1)),
      );
    });
  });
}

function describeFailures(current: Current): void {
  describe('failure', () => {
    it.each(Object.keys(FAULTS))('classifies %s and never throws', async (fault) => {
      const harness = current();
      const records = batchOf(harness);
      harness.server.fail(FAULTS[fault]!);
      const outcomes = await deliver(harness, records);
      expect(outcomes).toHaveLength(records.length);
      for (const outcome of outcomes) if (!outcome.ok) expectClassified(outcome.error);
      if (CERTAIN_FAILURES.includes(fault)) {
        for (const { category } of errorsOf(outcomes)) expect(['transient', 'unknown_outcome']).toContain(category);
      }
    });

    it('gives up after its time limit', async () => {
      const harness = current();
      harness.server.fail({ kind: 'hang' });
      for (const error of errorsOf(await deliver(harness, batchOf(harness), { timeoutMs: 1000 }))) {
        expect(['transient', 'unknown_outcome']).toContain(error.category);
        expectClassified(error);
      }
    });

    it('tells refused credentials from other failures', async () => {
      const harness = current();
      const { fault, category } = harness.unauthorized;
      harness.server.fail(fault);
      for (const error of errorsOf(await deliver(harness, batchOf(harness)))) expect(error.category).toBe(category);
    });

    it.each([429, 503])('passes on the wait of a %i with Retry-After', async (status) => {
      const harness = current();
      harness.server.fail(answer(status, '', { 'retry-after': '7' }));
      for (const error of errorsOf(await deliver(harness, batchOf(harness)))) {
        expect(error).toMatchObject({ category: 'rate_limited', retryAfterMs: 7000 });
      }
    });

    it('follows no redirect', async () => {
      const harness = current();
      const elsewhere = await startFaultyServer(() => ({ status: 200, body: '[]' }));
      try {
        for (const status of [301, 302, 307, 308]) {
          harness.server.fail(answer(status, '', { location: `${elsewhere.origin}/stolen` }));
          for (const error of errorsOf(await deliver(harness, batchOf(harness)))) expect(error.category).toBe('config');
        }
        expect(elsewhere.requests).toEqual([]);
      } finally {
        await elsewhere.close();
      }
    });
  });
}

function describeSecrets(current: Current): void {
  describe('secrets', () => {
    const expectClean = (value: unknown): void => {
      const text = JSON.stringify(value);
      for (const spelling of current().canaries.flatMap(spellingsOf)) expect(text).not.toContain(spelling);
    };

    it('are really sent: the vendor sees at least one of them', async () => {
      const harness = current();
      await deliver(harness, batchOf(harness));
      const wire = JSON.stringify(harness.server.requests);
      const sent = harness.canaries.flatMap(spellingsOf).filter((spelling) => wire.includes(spelling));
      expect(sent).not.toEqual([]);
    });

    it('do not appear in outcomes of good calls', async () => {
      expectClean(await deliver(current(), batchOf(current())));
    });

    it.each([200, 400, 401, 500])('do not appear when the vendor echoes them with %i', async (status) => {
      const harness = current();
      harness.server.fail({ kind: 'echo', status });
      expectClean(await deliver(harness, batchOf(harness)));
      expectClean(await harness.connector.testConnection(contextOf(harness)));
    });

    it('do not appear in errors of broken calls', async () => {
      const harness = current();
      for (const fault of Object.values(FAULTS)) {
        harness.server.fail(fault);
        expectClean(await deliver(harness, batchOf(harness)));
      }
    });
  });
}

function describeCancelling(current: Current): void {
  describe('cancelling', () => {
    it('sends nothing once the signal was given', async () => {
      const harness = current();
      const outcomes = await deliver(harness, batchOf(harness), { signal: AbortSignal.abort() });
      for (const error of errorsOf(outcomes)) expectClassified(error);
      expect(harness.server.requests).toEqual([]);
    });

    it('ends a call under way', async () => {
      const harness = current();
      const abort = new AbortController();
      harness.server.fail({ kind: 'hang' });
      const pending = deliver(harness, batchOf(harness), { signal: abort.signal });
      while (harness.server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      abort.abort();
      for (const error of errorsOf(await pending)) expectClassified(error);
    });
  });
}

function describeIdempotency(current: Current): void {
  describe('repeats', () => {
    it('have one effect', async () => {
      const harness = current();
      const records = batchOf(harness);
      await deliver(harness, records);
      const again = await deliver(
        harness,
        records.map((record) => ({ ...record, mayHaveBeenSent: true })),
      );
      expect(again.every(({ ok }) => ok)).toBe(true);
      expect(records.map((record) => harness.effectsOf(record))).toEqual(records.map(() => 1));
    });

    it('have one effect after a call that was done but not answered', async () => {
      const harness = current();
      const records = batchOf(harness);
      harness.server.fail({ kind: 'reset_after_commit' }, 1);
      for (const { category } of errorsOf(await deliver(harness, records))) {
        expect(['transient', 'unknown_outcome']).toContain(category);
      }
      expect(records.map((record) => harness.effectsOf(record))).toEqual(records.map(() => 1));
      const again = await deliver(
        harness,
        records.map((record) => ({ ...record, mayHaveBeenSent: true })),
      );
      expect(again.every(({ ok }) => ok)).toBe(true);
      expect(records.map((record) => harness.effectsOf(record))).toEqual(records.map(() => 1));
    });
  });
}

function describeConnectionTest(current: Current): void {
  describe('connection test', () => {
    it('names the account and writes nothing', async () => {
      const harness = current();
      const report = await harness.connector.testConnection(contextOf(harness));
      expect(report).toMatchObject({ ok: true, value: { account: expect.stringMatching(/\S/) as string } });
      for (const { method } of harness.server.requests) expect(['GET', 'HEAD', 'POST']).toContain(method);
    });

    it('tells refused credentials', async () => {
      const harness = current();
      harness.server.fail(harness.unauthorized.fault);
      const report = await harness.connector.testConnection(contextOf(harness));
      expect(report).toMatchObject({ ok: false, error: { category: harness.unauthorized.category } });
    });

    it.each(Object.keys(FAULTS))('does not throw at %s', async (fault) => {
      const harness = current();
      harness.server.fail(FAULTS[fault]!);
      const report = await harness.connector.testConnection(contextOf(harness));
      if (!report.ok) expectClassified(report.error);
    });

    it('cuts off an answer that no test has, instead of reading it to its end', async () => {
      const harness = current();
      harness.server.fail(FAULTS['an answer that is too large']!);
      const report = await harness.connector.testConnection(contextOf(harness));
      // To a connector that believes the status alone, the answer has said enough.
      if (!report.ok) expect(report.error).toMatchObject({ category: 'transient', code: 'response_too_large' });
    });
  });
}
