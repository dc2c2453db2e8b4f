import { checkCanonical, type GoldenCase, type MappingTemplate } from '@hub/connector-sdk';
import { type LinkResolver, type MappingEngine } from '@hub/mapping-engine';
import { type Json, type JsonObject } from '@hub/platform';
import { takeLinkHint } from '@hub/sync';

const EVENT: JsonObject = {
  event_id: 'golden',
  type: 'golden.record.updated',
  source: 'golden',
  subject: null,
  occurred_at: null,
  received_at: '2026-11-20T10:00:00.000Z',
  metadata: null,
};

/**
 * What a template makes of its golden cases, in the engine that runs it for tenants.
 * @returns one line for each thing that is not as the template says; empty when all is.
 */
export async function templateMismatches(engine: MappingEngine, template: MappingTemplate): Promise<string[]> {
  const faults: string[] = [];
  if (template.goldenCases.length === 0) faults.push(`${template.id}: has no golden case`);
  const checked = engine.check(template.expression);
  if (!checked.ok) return [...faults, `${template.id}: ${checked.error.message}`];
  for (const golden of template.goldenCases) {
    const found = await run(engine, template, golden);
    const problem = found.error ?? differenceOf(template, golden, found.output);
    if (problem !== null) faults.push(`${template.id}: ${golden.name}: ${problem}`);
  }
  return faults;
}

async function run(
  engine: MappingEngine,
  template: MappingTemplate,
  golden: GoldenCase,
): Promise<{ readonly output: Json; readonly error: string | null }> {
  const outbound = template.direction === 'outbound';
  const outcome = await engine.evaluate({
    expression: template.expression,
    inputText: JSON.stringify(golden.input),
    bindings: outbound ? { event: { ...EVENT, ...golden.event }, tables: {} } : { tables: {} },
    // Pulled records are mapped without links: their ids are those of the system that they come from.
    ...(outbound ? { links: { resolver: resolverOf(golden), from: 'golden' } } : {}),
  });
  if (outcome.ok) return { output: JSON.parse(outcome.value.outputText) as Json, error: null };
  const { code, message, position } = outcome.error;
  return { output: null, error: `${code} at ${position?.line ?? '?'}:${position?.column ?? '?'}: ${message}` };
}

function resolverOf({ links = [] }: GoldenCase): LinkResolver {
  return {
    find: (lookups) =>
      Promise.resolve(
        lookups.map(
          ({ type, id, system }) =>
            links.find((link) => link.type === type && link.id === id && link.system === system)?.found ?? null,
        ),
      ),
  };
}

function differenceOf(template: MappingTemplate, golden: GoldenCase, output: Json): string | null {
  const [wanted, found] = [sorted(golden.output), sorted(output)];
  if (wanted !== found) return `expected ${wanted}, but it makes ${found}`;
  if (template.direction === 'outbound') {
    const hint = takeLinkHint(JSON.stringify(output));
    return hint.ok ? null : hint.error;
  }
  const problems = checkCanonical(template.canonicalType, output);
  return problems.length === 0
    ? null
    : `is no ${template.canonicalType}: ${problems.map(({ pointer, message }) => `${pointer} ${message}`).join('; ')}`;
}

function sorted(value: Json): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
