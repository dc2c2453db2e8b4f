import { z } from 'zod';
import { LauncherError } from '../launcher-error';
import { type DevFileContent } from '../data-folder/dev-file';
import { EXPECTED_RECORDS, EXPECTED_SINK_REQUESTS, type ExpectedRecord } from './demo-events';

const RECORDS = z.object({ records: z.array(z.record(z.string(), z.unknown())) });
const SINKS = z.object({
  sinks: z.array(
    z.object({
      name: z.string(),
      accepted: z.number(),
      accepted_distinct_keys: z.number(),
      accepted_duplicates: z.number(),
    }),
  ),
});

export interface SinkCounts {
  readonly accepted: number;
  readonly distinct: number;
  readonly duplicates: number;
}

export interface Finding {
  readonly ok: boolean;
  readonly text: string;
}

/** Looks at the other side: what the vendors' stand-ins really hold, whatever the hub says. */
export class SandboxReader {
  constructor(private readonly dev: DevFileContent) {}

  /** Of each tenant's sink, so far. */
  async sinkCounts(): Promise<ReadonlyMap<string, SinkCounts>> {
    const { sinks } = SINKS.parse(await this.ask(`${this.dev.sandbox_url}/__admin/sinks`));
    return new Map(
      sinks.map((sink) => [
        sink.name,
        { accepted: sink.accepted, distinct: sink.accepted_distinct_keys, duplicates: sink.accepted_duplicates },
      ]),
    );
  }

  /** Every record that the demo writes must be there exactly once, with the values it should have. */
  async checkRecords(): Promise<Finding[]> {
    return Promise.all(EXPECTED_RECORDS.map((expected) => this.checkRecord(expected)));
  }

  private async checkRecord({ tenant, object, hubId, fields }: ExpectedRecord): Promise<Finding> {
    const org = encodeURIComponent(`integration@${tenant}.example.com`);
    const address = `${this.dev.salesforce_url}/__admin/records?org=${org}&object=${object}&q=${encodeURIComponent(hubId)}&limit=10000`;
    const { records } = RECORDS.parse(await this.ask(address));
    const found = records.filter((record) => record['Hub_Id__c'] === hubId);
    const wrong = Object.entries(fields).filter(([name, value]) => found[0]?.[name] !== value);
    const differences = wrong.map(
      ([name, value]) => `${name} is ${show(found[0]?.[name])} and should be ${show(value)}`,
    );
    const what = `${tenant}: ${object} ${hubId}`;
    if (found.length !== 1) return { ok: false, text: `${what} exists ${found.length} times` };
    if (wrong.length > 0) return { ok: false, text: `${what}: ${differences.join(', ')}` };
    return { ok: true, text: `${what} exists once` };
  }

  private async ask(url: string): Promise<unknown> {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${this.dev.sandbox_control_token}` },
      signal: AbortSignal.timeout(10_000),
    });
    if (response.status === 200) return response.json();
    throw new LauncherError(`the sandbox answered ${response.status} at ${url}`, 'Start the hub again with npm start.');
  }
}

/** What arrived at the sinks between two looks at them. */
export function compareSinks(
  before: ReadonlyMap<string, SinkCounts>,
  after: ReadonlyMap<string, SinkCounts>,
): Finding[] {
  const none: SinkCounts = { accepted: 0, distinct: 0, duplicates: 0 };
  return Object.entries(EXPECTED_SINK_REQUESTS).map(([tenant, wanted]) => {
    const [first, last] = [before.get(tenant) ?? none, after.get(tenant) ?? none];
    const distinct = last.distinct - first.distinct;
    const duplicates = last.duplicates - first.duplicates;
    return {
      ok: distinct === wanted && duplicates === 0,
      text: `${tenant}: sink got ${last.accepted - first.accepted} requests, ${distinct} different (${wanted} expected), ${duplicates} doubled`,
    };
  });
}

function show(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
