import {
  eventBindings,
  filterExpression,
  type ClaimedDelivery,
  type DeliveryMapper,
  type MapOutcome,
} from '@hub/delivery';
import { type MappingEngine, type MappingError, type MappingRequest } from '@hub/mapping-engine';
import { type MappingVersions } from '@hub/mapping-store';
import { type Logger } from '@hub/platform';
import { eventSystem, systemKey, takeLinkHint } from '@hub/sync';
import { type TenantDb } from '@hub/tenancy';
import { evaluatePatiently, type Evaluation } from '../mapping/patient-evaluation';
import { TenantLinkResolver } from '../links/link-resolver';

/** Filters and mappings of claimed deliveries, run in the engine's child processes, a slice at a time. */
export class EngineDeliveryMapper implements DeliveryMapper {
  constructor(
    private readonly engine: MappingEngine,
    private readonly versions: MappingVersions,
    private readonly links: { readonly tenants: TenantDb; readonly logger: Logger },
  ) {}

  async map(
    tenantId: string,
    deliveries: readonly ClaimedDelivery[],
    connectionId: string,
  ): Promise<readonly MapOutcome[]> {
    const run: MappingRun = { tenantId, resolver: new TenantLinkResolver(this.links, tenantId, connectionId) };
    const filtered = await this.filter(run, deliveries);
    const outcomes = await Promise.all(
      deliveries.map(async (delivery, index) => filtered[index] ?? this.prepare(run, delivery)),
    );
    const waiting = outcomes.flatMap((outcome, index) => ('request' in outcome ? [{ index, ...outcome }] : []));
    const requests = waiting.map((item) => item.request);
    const evaluations = await evaluatePatiently(this.engine, requests);
    const mapped = new Map(
      waiting.map((item, position) => [item.index, outcomeOf(evaluations[position], item.mapping)]),
    );
    return outcomes.map((outcome, index) => ('request' in outcome ? (mapped.get(index) ?? missing()) : outcome));
  }

  /** Only what the API could not decide in time. `undefined` where the filter lets pass. */
  private async filter(run: MappingRun, deliveries: readonly ClaimedDelivery[]): Promise<(MapOutcome | undefined)[]> {
    const open = deliveries.flatMap((delivery, index) =>
      delivery.filterPending && delivery.filter !== null ? [{ delivery, index, filter: delivery.filter }] : [],
    );
    const outcomes = new Array<MapOutcome | undefined>(deliveries.length).fill(undefined);
    const evaluations = await evaluatePatiently(
      this.engine,
      open.map((item) => requestFor(run, item.delivery, filterExpression(item.filter), {})),
    );
    open.forEach((item, position) => {
      const evaluation = evaluations[position] ?? missing();
      if (!evaluation.ok) outcomes[item.index] = failed(evaluation.error, 'The route’s filter failed');
      else if (evaluation.value.outputText !== 'true') outcomes[item.index] = { kind: 'filtered' };
    });
    return outcomes;
  }

  private async prepare(
    run: MappingRun,
    delivery: ClaimedDelivery,
  ): Promise<MapOutcome | { request: MappingRequest; mapping: { id: string; version: number } }> {
    const { mappingId, mappingVersion } = delivery;
    const mapping = mappingId === null || mappingVersion === null ? null : { id: mappingId, version: mappingVersion };
    // A retry sends what the first attempt made, whatever has been published since.
    if (delivery.mappedPayload !== null) return { kind: 'mapped', payloadText: delivery.mappedPayload, mapping };
    if (mappingId === null) return { kind: 'mapped', payloadText: delivery.event.payload, mapping: null };
    const version =
      mapping === null ? null : await this.versions.loadVersion(run.tenantId, mapping.id, mapping.version);
    if (mapping === null || version === null) {
      return {
        kind: 'failed',
        transient: false,
        error: {
          category: 'config',
          code: 'mapping_not_published',
          message: 'The route’s mapping has no published version.',
        },
      };
    }
    return { request: requestFor(run, delivery, version.expression, version.tables), mapping };
  }
}

/** One slice of a connection. */
interface MappingRun {
  readonly tenantId: string;
  readonly resolver: TenantLinkResolver;
}

function requestFor(
  { tenantId, resolver }: MappingRun,
  delivery: ClaimedDelivery,
  expression: string,
  tables: NonNullable<MappingRequest['bindings']>[string],
): MappingRequest {
  return {
    expression,
    inputText: delivery.event.payload,
    bindings: { event: eventBindings(delivery.event), tables },
    lane: tenantId,
    links: { resolver, from: systemKey(eventSystem(delivery.event.source)) },
  };
}

function outcomeOf(evaluation: Evaluation | undefined, mapping: { id: string; version: number }): MapOutcome {
  if (evaluation === undefined) return missing();
  if (!evaluation.ok) return failed(evaluation.error, 'The mapping failed');
  const { outputText } = evaluation.value;
  const taken = takeLinkHint(outputText);
  return taken.ok
    ? { kind: 'mapped', payloadText: outputText, mapping }
    : failed({ code: 'mapping_runtime', message: taken.error }, 'The mapping failed');
}

function failed(error: MappingError, what: string): MapOutcome {
  const { position, link } = error;
  const place = position === undefined ? '' : ` (line ${position.line}, column ${position.column})`;
  const described = {
    category: 'validation',
    code: error.code,
    message: `${what}${place}: ${error.message}`,
    ...(position === undefined ? {} : { position: { line: position.line, column: position.column } }),
  };
  if (error.code === 'mapping_skipped') return { kind: 'skipped', error: { ...described, message: error.message } };
  if (link !== undefined) return { kind: 'waiting', error: { ...described, message: error.message, link } };
  return { kind: 'failed', transient: error.code === 'mapping_unavailable', error: described };
}

function missing(): never {
  throw new Error('the mapping engine answered fewer results than it was asked for');
}
