import { type ConnectorRegistry, type MappingTemplate } from '@hub/connector-sdk';

/** A template and the connector that it comes with. */
export interface TemplateOf {
  readonly connector: string;
  readonly template: MappingTemplate;
}

export function allTemplates(connectors: ConnectorRegistry): TemplateOf[] {
  return connectors
    .list()
    .flatMap(({ manifest, mappingTemplates = [] }) =>
      mappingTemplates.map((template) => ({ connector: manifest.id, template })),
    );
}

/** Undefined also for a template that a newer connector no longer has. */
export function findTemplate(connectors: ConnectorRegistry, id: string): TemplateOf | undefined {
  return allTemplates(connectors).find(({ template }) => template.id === id);
}
