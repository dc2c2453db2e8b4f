import { checkCanonical, type Connector, type MappingTemplate } from '@hub/connector-sdk';
import { createMappingEngine, type MappingEngine } from '@hub/mapping-engine';
import { type JsonObject } from '@hub/platform';

/** Runs a connector's ready-made mappings as the hub does, with links that the test keeps. */
export class TemplateRunner {
  /** The id in the target, by `<type> <id at the source>`. */
  readonly links = new Map<string, string>();
  readonly engine: MappingEngine = createMappingEngine({ poolSize: 1, timeLimitMs: 2_000 });

  constructor(private readonly connector: Connector) {}

  close(): Promise<void> {
    return this.engine.close();
  }

  template(id: string): MappingTemplate {
    const found = this.connector.mappingTemplates?.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no template ${id}`);
    return found;
  }

  /** @param connectionId where the record comes from. */
  outbound(id: string, canonical: JsonObject, connectionId: string): Promise<JsonObject> {
    const resolver = {
      find: (lookups: readonly { type: string; id: string }[]) =>
        Promise.resolve(lookups.map((one) => this.links.get(`${one.type} ${one.id}`) ?? null)),
    };
    return this.evaluate({
      expression: this.template(id).expression,
      inputText: JSON.stringify({ connection_id: connectionId, canonical }),
      bindings: { tables: {}, event: { source: 'sales' } },
      links: { resolver, from: connectionId },
    });
  }

  /**
   * What becomes of a pulled record; it passes the check of the hub's model.
   * @param dataText as the connector has it: the text goes in, so that no digit is lost on the way.
   */
  async inbound(id: string, dataText: string): Promise<JsonObject> {
    const { expression, canonicalType } = this.template(id);
    const inputText = `{"record": ${dataText}, "connection": {"config": {}}}`;
    const canonical = await this.evaluate({ expression, inputText, bindings: { tables: {} } });
    expect(checkCanonical(canonicalType, canonical)).toEqual([]);
    return canonical;
  }

  async evaluate(request: Parameters<MappingEngine['evaluate']>[0]): Promise<JsonObject> {
    const outcome = await this.engine.evaluate(request);
    if (!outcome.ok) throw new Error(outcome.error.message);
    return JSON.parse(outcome.value.outputText) as JsonObject;
  }
}
