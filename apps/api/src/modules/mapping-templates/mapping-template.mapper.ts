import { type MappingFunctionDoc } from '@hub/mapping-engine';
import { type Json } from '@hub/platform';
import { type MappingFunctionResponse, type TemplateResponse, type TemplateSummary } from './dto/mapping-template.dto';
import { type TemplateOf } from './templates';

export function toTemplateSummary({ connector, template }: TemplateOf): TemplateSummary {
  return {
    id: template.id,
    version: template.version,
    connector,
    title: template.title,
    description: template.description,
    direction: template.direction,
    canonical_type: template.canonicalType,
    object: template.object ?? null,
    operation: template.operation ?? null,
  };
}

export function toTemplateResponse(of: TemplateOf): TemplateResponse {
  const cases = of.template.goldenCases.map(({ name, input, output }): { name: string; input: Json; output: Json } => ({
    name,
    input,
    output,
  }));
  return { ...toTemplateSummary(of), expression: of.template.expression, golden_cases: cases };
}

export function toMappingFunction({ name, usage, group, description }: MappingFunctionDoc): MappingFunctionResponse {
  return { name, usage, group, description };
}
