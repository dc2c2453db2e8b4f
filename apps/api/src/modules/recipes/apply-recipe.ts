import { createRoute, findRoute } from '@hub/delivery';
import { insertMapping, type Publisher } from '@hub/mapping-store';
import { toPublicId, type Problem, type Result } from '@hub/platform';
import { createSync, freeName, keepAppliedRecipe, listSyncs, pauseSync, type AppliedRecipeRow } from '@hub/sync';
import { type TenantTx } from '@hub/tenancy';
import { HubProblem } from '../../http/hub-problem';
import { templateGoldenCases } from '../mappings/template-golden-cases';
import { recipeFilter, type Recipe, type RecipeEnds } from './recipe-catalogue';

export interface ApplyOptions {
  readonly enabled: boolean;
  readonly startFrom: Date | null;
  readonly by: Publisher;
}

export interface AppliedRecipe {
  readonly recipe: string;
  readonly created: boolean;
  readonly syncId: string;
  readonly mappingId: string;
  readonly routeId: string;
  readonly routeEnabled: boolean;
}

/**
 * Makes what of a recipe is not there yet, in the caller's transaction: the copy of the template, the route, and last the
 * sync, so that the first event finds its route.
 * @throws HubProblem for what another rule of the configuration refuses, so that the transaction is taken back.
 */
export async function applyRecipe(
  tx: TenantTx,
  ends: RecipeEnds,
  recipe: Recipe,
  before: AppliedRecipeRow | null,
  options: ApplyOptions,
): Promise<AppliedRecipe> {
  const known = before?.route_id == null ? null : await findRoute(tx, before.route_id);
  const mappingId = known?.mapping_id ?? before?.mapping_id ?? (await copyTemplate(tx, ends, recipe, options.by));
  const route = known ?? (await makeRoute(tx, ends, recipe, mappingId, options.enabled));
  const sync = await findOrMakeSync(tx, ends, recipe, options);
  const applied = { recipe: recipe.id, syncId: sync.id, mappingId, routeId: route.id };
  await keepAppliedRecipe(tx, ends.pair, applied);
  const created = sync.created || known === null;
  return { ...applied, created, routeEnabled: route.enabled };
}

async function copyTemplate(tx: TenantTx, ends: RecipeEnds, { template }: Recipe, by: Publisher): Promise<string> {
  const { id, version, title, description, expression } = template;
  const copy = {
    name: await freeName(tx, 'mapping', `${title} (${ends.source.name} → ${ends.target.name})`),
    description,
    expression,
    tables: {},
    note: `Copied from ${id}, version ${version}.`,
    template: { id, version },
    goldenCases: templateGoldenCases(template),
  };
  return orTakenBack(await insertMapping(tx, copy, by)).id;
}

async function makeRoute(
  tx: TenantTx,
  ends: RecipeEnds,
  recipe: Recipe,
  mappingId: string,
  enabled: boolean,
): Promise<{ readonly id: string; readonly enabled: boolean }> {
  const route = await createRoute(tx, {
    name: await freeName(tx, 'route', `${recipe.title} (${ends.source.name} → ${ends.target.name})`),
    eventType: recipe.eventType,
    filter: recipeFilter(recipe, toPublicId('connection', ends.source.id)),
    connectionId: ends.target.id,
    operation: recipe.operation,
    mappingId,
    orderingKey: 'subject',
    orderingMode: 'strict',
    retryDelaysSeconds: null,
    enabled,
  });
  return orTakenBack(route);
}

/** An object is pulled once, however many recipes carry it on: one that is pulled already stays as it is. */
async function findOrMakeSync(
  tx: TenantTx,
  ends: RecipeEnds,
  { object }: Recipe,
  options: ApplyOptions,
): Promise<{ readonly id: string; readonly created: boolean }> {
  const filter = { connectionId: ends.source.id, object: object.name };
  const [existing] = await listSyncs(tx, { limit: 1, before: null }, filter);
  if (existing !== undefined) return { id: existing.id, created: false };
  const made = await createSync(tx, {
    name: await freeName(tx, 'sync', `${ends.source.name}: ${object.title}`),
    connectionId: ends.source.id,
    object: object.name,
    mappingId: null,
    intervalSeconds: object.defaultIntervalSeconds,
    dailyWindow: null,
    freshnessSeconds: null,
    fullEveryHours: null,
    startFrom: options.startFrom,
  });
  const { id } = orTakenBack(made);
  if (!options.enabled) orTakenBack(await pauseSync(tx, id));
  return { id, created: true };
}

function orTakenBack<T>(result: Result<T, Problem>): T {
  if (!result.ok) throw new HubProblem(result.error);
  return result.value;
}
