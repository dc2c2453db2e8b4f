import { type ConnectionRow } from '@hub/connections';
import { type Connector, type MappingTemplate, type PullObjectManifest } from '@hub/connector-sdk';
import { type RecipePair } from '@hub/sync';

/** Records of one object of a system, carried into another by a ready-made mapping. */
export interface Recipe {
  /** `<source connector>.<object>:<template>`; the same whatever the connections. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly object: PullObjectManifest;
  readonly template: MappingTemplate;
  readonly operation: string;
  /** Of the events that pulls of the object make. */
  readonly eventType: string;
}

/** The two ends of recipes, and what can be carried from the one to the other. */
export interface RecipeEnds {
  readonly pair: RecipePair;
  readonly source: ConnectionRow;
  readonly target: ConnectionRow;
  readonly recipes: readonly Recipe[];
}

/** Every object that the one pulls as a type of the hub's model, with every template that the other has for that type. */
export function recipesFor(source: Connector, target: Connector): Recipe[] {
  return (source.manifest.pull ?? []).flatMap((object) =>
    (target.mappingTemplates ?? []).flatMap((template) => recipeOf(source, object, template) ?? []),
  );
}

function recipeOf(source: Connector, object: PullObjectManifest, template: MappingTemplate): Recipe | null {
  const { operation } = template;
  if (template.direction !== 'outbound' || operation === undefined) return null;
  if (object.canonicalType === null || object.canonicalType !== template.canonicalType) return null;
  const name = object.name.toLowerCase();
  return {
    id: `${source.manifest.id}.${name}:${template.id}`,
    title: `${source.manifest.name} ${object.title} → ${template.title}`,
    description: template.description,
    object,
    template,
    operation,
    // As `libs/sync` makes them.
    eventType: `${source.manifest.id}.${name.replace(/[^a-z0-9_-]/g, '_')}.${takesDeletions(operation) ? 'deleted' : '*'}`,
  };
}

/** A recipe of its own says what a deletion does to the other system's record: each company treats them in its own way. */
function takesDeletions(operation: string): boolean {
  return operation.endsWith('.deactivate');
}

/**
 * What of an object's events a recipe carries: of this connection alone, for there may be several of the connector; either
 * deletions or all else; and a sale only once it is won, unless it becomes a sale again.
 */
export function recipeFilter(recipe: Recipe, sourceConnection: string): string {
  const deletions = takesDeletions(recipe.operation) ? 'change = "deleted"' : 'change != "deleted"';
  const conditions = [`connection_id = "${sourceConnection}"`, deletions];
  const staysSale = recipe.operation.split('.')[0] === 'opportunity';
  if (recipe.template.canonicalType === 'opportunity' && !staysSale) conditions.push('canonical.won = true');
  return conditions.join(' and ');
}
