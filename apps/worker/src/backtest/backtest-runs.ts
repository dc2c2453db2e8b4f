import { checkCanonical, type CanonicalType } from '@hub/connector-sdk';
import { eventBindings, filterExpression } from '@hub/delivery';
import { type MappingEngine, type MappingError, type MappingRequest } from '@hub/mapping-engine';
import { varyingPointers, type BacktestEvent, type LookupTables, type RunResult } from '@hub/mapping-store';
import { type Json, type JsonObject, type Logger, type Result } from '@hub/platform';
import { eventSystem, systemKey, takeLinkHint } from '@hub/sync';
import { type TenantDb } from '@hub/tenancy';
import { TenantLinkResolver } from '../links/link-resolver';
import { type Place, type RoutePlace } from './backtest-places';

/** Only then can two runs of one expression on one input differ; links are looked up once for a whole step. */
const MAY_VARY = /\$(now|millis|random|shuffle|eval)\b/;

/** Runs of a step that are repeated when time has cut them; a draft that is too slow is cut more often. */
const MOST_REPEATED = 3;

export interface Content {
  readonly expression: string;
  readonly tables: LookupTables;
}

/** An event at a place, with what the mapping gets to see. */
export interface Trial {
  readonly place: Place;
  readonly event: BacktestEvent;
  readonly inputText: string;
}

export interface TrialRuns {
  readonly base: RunResult;
  readonly draft: RunResult;
  readonly varying: readonly string[];
  /** The draft was cut: time or memory ran out. */
  readonly slow: boolean;
}

/** The engine is stopping or full. Nobody's fault: the step is done again. */
export class EngineBusy extends Error {}

type Evaluation = Result<{ readonly outputText: string }, MappingError>;

export interface BacktestRunsOptions {
  readonly engine: MappingEngine;
  readonly tenants: TenantDb;
  readonly logger: Logger;
}

/**
 * Runs of one step of a back-test, as a delivery or a pull would make them. They wait in a lane of their own, so the
 * tenant's deliveries wait for them no more than those of anybody else.
 */
export class BacktestRuns {
  private readonly resolvers = new Map<string, TenantLinkResolver>();
  private readonly lane: string;

  constructor(
    private readonly options: BacktestRunsOptions,
    private readonly tenantId: string,
  ) {
    this.lane = `backtest ${tenantId}`;
  }

  /** Those that their routes' filters let pass. A filter that fails lets nothing pass, as in a delivery. */
  async filtered(trials: readonly Trial[]): Promise<Trial[]> {
    const asked = trials.flatMap((trial) => {
      const filter = trial.place.kind === 'route' ? trial.place.filter : null;
      return filter === null ? [] : [{ trial, request: this.request(trial, filterExpression(filter), {}) }];
    });
    const evaluations = await this.evaluate(asked.map(({ request }) => request));
    const stopped = new Set(asked.filter((_one, index) => !isTrue(evaluations[index])).map(({ trial }) => trial));
    return trials.filter((trial) => !stopped.has(trial));
  }

  async compare(trials: readonly Trial[], base: Content, draft: Content): Promise<TrialRuns[]> {
    const first = await this.both(trials, base, draft);
    if (!MAY_VARY.test(base.expression) && !MAY_VARY.test(draft.expression)) {
      return first.map((runs) => ({ ...runs, varying: [] }));
    }
    const second = await this.both(trials, base, draft);
    return first.map((runs, index) => {
      const again = second[index] ?? runs;
      const varying = [...varyingPointers(runs.base, again.base), ...varyingPointers(runs.draft, again.draft)];
      return { ...runs, varying: [...new Set(varying)] };
    });
  }

  private async both(
    trials: readonly Trial[],
    base: Content,
    draft: Content,
  ): Promise<Pick<TrialRuns, 'base' | 'draft' | 'slow'>[]> {
    const requests = [base, draft].flatMap(({ expression, tables }) =>
      trials.map((trial) => this.request(trial, expression, tables)),
    );
    const evaluations = await this.evaluate(requests);
    return trials.map((trial, index) => {
      const [ofBase, ofDraft] = [evaluations[index], evaluations[trials.length + index]];
      if (ofBase === undefined || ofDraft === undefined) throw new Error('the mapping engine answered too few results');
      const slow = !ofDraft.ok && (ofDraft.error.code === 'mapping_timeout' || ofDraft.error.code === 'mapping_memory');
      return { base: resultOf(trial.place, ofBase), draft: resultOf(trial.place, ofDraft), slow };
    });
  }

  private request({ place, event, inputText }: Trial, expression: string, tables: LookupTables): MappingRequest {
    const bindings: { [name: string]: Json } = { tables };
    if (place.kind === 'sync') return { expression, inputText, bindings, lane: this.lane };
    bindings['event'] = bindingsOf(event);
    const links = { resolver: this.resolverFor(place), from: systemKey(eventSystem(event.source)) };
    return { expression, inputText, bindings, lane: this.lane, links };
  }

  /** `$link` means the connection that the route delivers to. */
  private resolverFor({ connection_id: connectionId }: RoutePlace): TenantLinkResolver {
    const resolver =
      this.resolvers.get(connectionId) ?? new TenantLinkResolver(this.options, this.tenantId, connectionId);
    this.resolvers.set(connectionId, resolver);
    return resolver;
  }

  /** What time cut here and there is run once more: the machine may have been busy, and nobody's draft is to blame for it. */
  private async evaluate(requests: readonly MappingRequest[]): Promise<readonly Evaluation[]> {
    const first = await this.evaluateOnce(requests);
    const cut = first.flatMap((evaluation, index) => (isCut(evaluation) ? [index] : []));
    if (cut.length === 0 || cut.length > MOST_REPEATED) return first;
    const again = await this.evaluateOnce(cut.flatMap((index) => requests[index] ?? []));
    return first.map((evaluation, index) => again[cut.indexOf(index)] ?? evaluation);
  }

  private async evaluateOnce(requests: readonly MappingRequest[]): Promise<readonly Evaluation[]> {
    if (requests.length === 0) return [];
    const evaluations = await this.options.engine.evaluateMany(requests);
    if (evaluations.some((evaluation) => !evaluation.ok && evaluation.error.code === 'mapping_unavailable'))
      throw new EngineBusy('the mapping engine is stopping or full');
    return evaluations;
  }
}

function isCut(evaluation: Evaluation): boolean {
  return !evaluation.ok && evaluation.error.code === 'mapping_timeout';
}

function isTrue(evaluation: Evaluation | undefined): boolean {
  return evaluation?.ok === true && evaluation.value.outputText === 'true';
}

function bindingsOf(event: BacktestEvent): JsonObject {
  return eventBindings({
    eventId: event.event_id,
    type: event.type,
    source: event.source,
    subject: event.subject,
    occurredAt: event.occurred_at,
    receivedAt: event.received_at,
    metadata: event.metadata,
  });
}

function resultOf(place: Place, evaluation: Evaluation): RunResult {
  if (!evaluation.ok) {
    const { code, message, position, link } = evaluation.error;
    if (code === 'mapping_skipped' && place.kind === 'route') return { kind: 'skipped', reason: message };
    const at = position === undefined ? {} : { line: position.line, column: position.column };
    return { kind: 'failed', error: { code, message, ...at, ...(link === undefined ? {} : { link }) } };
  }
  const { outputText } = evaluation.value;
  const output = JSON.parse(outputText) as Json;
  const refused = place.kind === 'route' ? refusedHint(outputText) : refusedForm(place.canonicalType, output);
  if (refused !== null) return { kind: 'failed', error: { code: 'mapping_output_invalid', message: refused } };
  return { kind: 'output', output };
}

/** What would make the delivery fail, or the sync leave the record without its form, though the expression ran. */
function refusedHint(outputText: string): string | null {
  const taken = takeLinkHint(outputText);
  return taken.ok ? null : taken.error;
}

function refusedForm(type: CanonicalType, output: Json): string | null {
  const issues = checkCanonical(type, output);
  if (issues.length === 0) return null;
  return `It is no ${type}: ${issues
    .slice(0, 5)
    .map(({ pointer, message }) => `${pointer} ${message}`)
    .join('; ')}`;
}
