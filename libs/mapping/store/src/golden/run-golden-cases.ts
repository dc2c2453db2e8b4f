import { type LinkResolver, type MappingEngine, type MappingError, type MappingRequest } from '@hub/mapping-engine';
import {
  err,
  ok,
  pointerToken,
  problem,
  type InputFault,
  type Json,
  type JsonObject,
  type Problem,
  type Result,
} from '@hub/platform';
import { differencesOf, withoutPointers, type JsonDifference } from '../changes/json-differences';
import { problemOfMapping } from '../mapping-content';
import { type LookupTables } from '../mapping.types';
import { type GoldenCase, type GoldenOutcome, type NewGoldenCase } from './golden-case.types';

/** What every golden case sees as `$event`, besides its own members. A fixed time, so that tomorrow's run is today's. */
const EVENT: JsonObject = {
  event_id: 'golden',
  type: 'golden.record.updated',
  source: 'golden',
  subject: null,
  occurred_at: null,
  received_at: '2026-11-20T10:00:00.000Z',
  metadata: null,
};
const MOST_FAULTS = 50;
const LONGEST_SHOWN = 200;
/** No case can ask for it: the mapping has refused nothing, and with more time or memory something else might come out. */
const CUT_OFF = 'cut off';

export interface GoldenResult {
  readonly golden: GoldenCase;
  readonly passed: boolean;
  readonly found: GoldenOutcome | typeof CUT_OFF;
  /** Of the outputs, where both the case and the run have one. */
  readonly differences: readonly JsonDifference[];
  readonly error: MappingError | null;
}

/**
 * Runs a version of a mapping on its golden cases, in the tenant's lane. All cases are run, whatever fails: whoever
 * repairs a mapping is to see every fault at once.
 * @returns 503 when the engine cannot run them.
 */
export async function runGoldenCases(
  engine: MappingEngine,
  content: { readonly expression: string; readonly tables: LookupTables },
  cases: readonly GoldenCase[],
  lane: string,
): Promise<Result<readonly GoldenResult[], Problem>> {
  const outcomes = await engine.evaluateMany(cases.map((golden) => requestOf(content, golden, lane)));
  const results: GoldenResult[] = [];
  for (const [index, golden] of cases.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) throw new Error('the mapping engine answered fewer results than it was asked for');
    if (!outcome.ok && outcome.error.code === 'mapping_unavailable') return err(problemOfMapping(outcome.error, ''));
    results.push(judge(golden, outcome));
  }
  return ok(results);
}

/** 422 with a fault for each difference; null when every case passes. */
export function problemOfGoldenCases(results: readonly GoldenResult[]): Problem | null {
  const failed = results.filter(({ passed }) => !passed);
  if (failed.length === 0) return null;
  const detail = `${failed.length} of ${results.length} golden cases do not come out as they must: ${failed
    .slice(0, 5)
    .map(({ golden }) => `“${golden.name}”`)
    .join(', ')}${failed.length > 5 ? ', …' : ''}.`;
  return problem('unprocessable', 'golden_cases_failed', detail, {
    faults: failed.flatMap(faultsOf).slice(0, MOST_FAULTS),
    extra: { golden_cases: results.length, golden_cases_failed: failed.length },
  });
}

function requestOf(
  { expression, tables }: { readonly expression: string; readonly tables: LookupTables },
  { inputText, event, links }: NewGoldenCase,
  lane: string,
): MappingRequest {
  if (event === null) return { expression, inputText, bindings: { tables }, lane };
  const resolver: LinkResolver = {
    find: (lookups) =>
      Promise.resolve(
        lookups.map(
          ({ type, id, system }) =>
            links.find((link) => link.type === type && link.id === id && link.system === system)?.found ?? null,
        ),
      ),
  };
  const bindings = { event: { ...EVENT, ...event }, tables };
  return { expression, inputText, bindings, lane, links: { resolver, from: 'golden' } };
}

function judge(golden: GoldenCase, outcome: Result<{ readonly outputText: string }, MappingError>): GoldenResult {
  if (!outcome.ok) {
    const found = outcomeOf(outcome.error);
    return { golden, passed: golden.outcome === found, found, differences: [], error: outcome.error };
  }
  const output = JSON.parse(outcome.value.outputText) as Json;
  const differences =
    golden.output === undefined ? [] : withoutPointers(differencesOf(golden.output, output), golden.ignored);
  const passed = golden.outcome === 'output' && differences.length === 0;
  return { golden, passed, found: 'output', differences, error: null };
}

function outcomeOf({ code }: MappingError): GoldenResult['found'] {
  if (code === 'mapping_timeout' || code === 'mapping_memory') return CUT_OFF;
  return code === 'mapping_skipped' ? 'skipped' : 'failed';
}

function faultsOf({ golden, found, differences, error }: GoldenResult): InputFault[] {
  const at = `#golden-cases/${pointerToken(golden.name)}`;
  if (found !== golden.outcome) {
    const place =
      error?.position === undefined ? '' : ` (line ${error.position.line}, column ${error.position.column})`;
    const why = error === null ? '' : `: ${error.message}${place}`;
    const message = `“${golden.name}” must end as "${golden.outcome}" and ends as "${found}"${why}`;
    return [{ pointer: at, code: error?.code ?? 'golden_case_outcome', message }];
  }
  return differences.map(({ pointer, kind, before, after }) => ({
    pointer: `${at}/output${pointer}`,
    code: 'golden_case_differs',
    message:
      kind === 'added'
        ? `“${golden.name}”: must not be there, and is ${shown(after)}`
        : `“${golden.name}”: must be ${shown(before)}${kind === 'removed' ? ' and is not there' : `, and is ${shown(after)}`}`,
  }));
}

function shown(value: Json | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
