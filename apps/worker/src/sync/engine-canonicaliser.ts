import { checkCanonical, type CanonicalType, type ConnectorError, type ConnectorRegistry } from '@hub/connector-sdk';
import { type MappingEngine, type MappingError, type MappingRequest } from '@hub/mapping-engine';
import { findPublishedVersions, type LookupTables, type MappingVersions } from '@hub/mapping-store';
import { err, ok, type Json, type Result } from '@hub/platform';
import { type CanonicalIssue, type CanonicalOutcome, type Canonicaliser, type CanonicalRequest } from '@hub/sync';
import { type TenantDb } from '@hub/tenancy';
import { evaluatePatiently } from '../mapping/patient-evaluation';

export interface EngineCanonicaliserOptions {
  readonly engine: MappingEngine;
  readonly versions: MappingVersions;
  readonly tenants: TenantDb;
  readonly connectors: ConnectorRegistry;
}

interface Inbound {
  readonly canonicalType: CanonicalType;
  readonly expression: string;
  readonly tables: LookupTables;
}

/** Inbound mappings, run in the engine's child processes: the tenant's own, or the template that comes with the connector. */
export class EngineCanonicaliser implements Canonicaliser {
  constructor(private readonly options: EngineCanonicaliserOptions) {}

  async canonicalise(request: CanonicalRequest): Promise<Result<readonly CanonicalOutcome[], ConnectorError>> {
    const { scope, records } = request;
    const { canonicalType } = scope;
    if (canonicalType === null) return ok(records.map(() => nothing(null)));
    const inbound = await this.inboundOf(request, canonicalType);
    if (inbound === null) {
      const issues = request.mappingId === null ? [] : [UNPUBLISHED];
      return ok(records.map(() => ({ ...nothing(canonicalType), issues })));
    }
    // A tombstone holds next to nothing: which record it was is all that can be said, and no mapping need be written for it.
    const living = records.filter(({ change }) => change !== 'deleted');
    const evaluations = await evaluatePatiently(
      this.options.engine,
      living.map(({ dataText }) => this.evaluation(request, inbound, dataText)),
    );
    const outcomes = new Map<(typeof records)[number], CanonicalOutcome>();
    for (const [index, record] of living.entries()) {
      const evaluation = evaluations[index];
      if (evaluation === undefined) throw new Error('the mapping engine answered fewer results than it was asked for');
      if (!evaluation.ok && evaluation.error.code === 'mapping_unavailable') return err(busy(evaluation.error));
      outcomes.set(record, outcomeOf(inbound.canonicalType, evaluation));
    }
    return ok(records.map((record) => outcomes.get(record) ?? tombstone(inbound.canonicalType, record.id)));
  }

  private evaluation({ scope, config }: CanonicalRequest, inbound: Inbound, dataText: string): MappingRequest {
    return {
      expression: inbound.expression,
      // Texts are put together, so that the record's digits reach the engine as the vendor wrote them.
      inputText: `{"record":${dataText},"connection":${JSON.stringify({ config })}}`,
      bindings: { tables: inbound.tables },
      lane: scope.tenantId,
    };
  }

  private async inboundOf(request: CanonicalRequest, canonicalType: CanonicalType): Promise<Inbound | null> {
    const { scope, mappingId } = request;
    if (mappingId !== null) return this.ownMapping(scope.tenantId, mappingId, canonicalType);
    const templates = this.options.connectors.get(scope.connectorId)?.mappingTemplates ?? [];
    const template = templates.find(({ direction, object }) => direction === 'inbound' && object === scope.object);
    if (template === undefined) return null;
    return { canonicalType: template.canonicalType, expression: template.expression, tables: {} };
  }

  private async ownMapping(tenantId: string, mappingId: string, canonicalType: CanonicalType): Promise<Inbound | null> {
    const published = await this.options.tenants.run(tenantId, (tx) => findPublishedVersions(tx, [mappingId]));
    const number = published.get(mappingId);
    const version = number === undefined ? null : await this.options.versions.loadVersion(tenantId, mappingId, number);
    return version === null ? null : { canonicalType, expression: version.expression, tables: version.tables };
  }
}

function outcomeOf(
  canonicalType: CanonicalType,
  evaluation: Result<{ readonly outputText: string }, MappingError>,
): CanonicalOutcome {
  if (!evaluation.ok) {
    const { code, message, position } = evaluation.error;
    const place = position === undefined ? '' : ` (line ${position.line}, column ${position.column})`;
    return { ...nothing(canonicalType), issues: [{ pointer: '', code, message: `${message}${place}` }] };
  }
  const { outputText } = evaluation.value;
  const issues = checkCanonical(canonicalType, JSON.parse(outputText) as Json);
  return issues.length > 0
    ? { ...nothing(canonicalType), issues }
    : { canonicalType, canonicalText: outputText, issues };
}

const UNPUBLISHED: CanonicalIssue = {
  pointer: '',
  code: 'mapping_not_published',
  message: 'The sync’s own mapping has been deleted or has no published version.',
};

function nothing(canonicalType: CanonicalType | null): CanonicalOutcome {
  return { canonicalType, canonicalText: null, issues: [] };
}

function tombstone(canonicalType: CanonicalType, id: string): CanonicalOutcome {
  return { canonicalType, canonicalText: JSON.stringify({ id, status: 'deleted' }), issues: [] };
}

/** Not the record's fault: the page is asked for again rather than announced without its canonical form. */
function busy({ code, message }: MappingError): ConnectorError {
  return { category: 'transient', code, message };
}
