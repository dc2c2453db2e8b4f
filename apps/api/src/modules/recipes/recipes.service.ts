import { Inject, Injectable } from '@nestjs/common';
import { appendAudit, type AuditActor } from '@hub/audit';
import { findConnection, type ConnectionRow } from '@hub/connections';
import { type Connector, type ConnectorRegistry } from '@hub/connector-sdk';
import {
  DrainBell,
  err,
  fromPublicId,
  ok,
  problem,
  toPublicId,
  type InputFault,
  type Problem,
  type Result,
} from '@hub/platform';
import { listAppliedRecipes, lockRecipes, type AppliedRecipeRow } from '@hub/sync';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { CONNECTOR_REGISTRY } from '../../tokens';
import { publisherOf } from '../mappings/publisher-of';
import { PULL_BELL } from '../syncs/pull-bell.module';
import { recipesFor, type Recipe, type RecipeEnds } from './recipe-catalogue';
import { applyRecipe, type AppliedRecipe } from './apply-recipe';
import { toAppliedResponse } from './recipe.mapper';

export interface PairRequest {
  readonly source_connection_id: string;
  readonly target_connection_id: string;
}

export interface ApplyRequest extends PairRequest {
  readonly recipe_ids: readonly string[];
  readonly enabled?: boolean;
  readonly start_from?: string;
}

export interface ListedRecipe {
  readonly recipe: Recipe;
  readonly applied: AppliedRecipeRow | null;
}

/** A tenant who connects two systems gets a working sync out of what their connectors bring along. */
@Injectable()
export class RecipesService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry,
    @Inject(PULL_BELL) private readonly bell: DrainBell,
  ) {}

  list(tenantId: string, request: PairRequest): Promise<Result<ListedRecipe[], Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const ends = await this.endsOf(tx, request, '#query');
      if (!ends.ok) return ends;
      const applied = await listAppliedRecipes(tx, ends.value.pair);
      return ok(
        ends.value.recipes.map((recipe) => ({
          recipe,
          applied: applied.find((row) => row.recipe === recipe.id) ?? null,
        })),
      );
    });
  }

  /** All of them or none. What has been applied already stays as it is; what of it was deleted is made anew. */
  async apply(tenantId: string, actor: AuditActor, request: ApplyRequest): Promise<Result<AppliedRecipe[], Problem>> {
    const done = await this.tenants.run(tenantId, async (tx): Promise<Result<AppliedRecipe[], Problem>> => {
      const ends = await this.endsOf(tx, request, '');
      if (!ends.ok) return ends;
      const wanted = chosen(ends.value.recipes, request.recipe_ids);
      if (!wanted.ok) return wanted;
      await lockRecipes(tx, ends.value.pair);
      const applied = await listAppliedRecipes(tx, ends.value.pair);
      const options = {
        enabled: request.enabled ?? true,
        startFrom: request.start_from === undefined ? null : new Date(request.start_from),
        by: publisherOf(actor),
      };
      const results: AppliedRecipe[] = [];
      for (const recipe of wanted.value) {
        const before = applied.find((row) => row.recipe === recipe.id) ?? null;
        results.push(await applyRecipe(tx, ends.value, recipe, before, options));
      }
      await appendAudit(tx, {
        action: 'recipes.applied',
        actor,
        target: {
          type: 'connection',
          id: toPublicId('connection', ends.value.source.id),
          name: ends.value.source.name,
        },
        after: results.map(toAppliedResponse),
        details: { target_connection_id: toPublicId('connection', ends.value.target.id), enabled: options.enabled },
      });
      return ok(results);
    });
    const connectionId = fromPublicId('connection', request.source_connection_id);
    if (done.ok && connectionId !== null) this.bell.ring({ tenantId, connectionId });
    return done;
  }

  private async endsOf(tx: TenantTx, request: PairRequest, at: string): Promise<Result<RecipeEnds, Problem>> {
    const source = await this.end(tx, request.source_connection_id);
    const target = await this.end(tx, request.target_connection_id);
    if (source === null || target === null || source.row.id === target.row.id) {
      const faults = [
        ...(source === null ? [unknownConnection(`${at}/source_connection_id`)] : []),
        ...(target === null ? [unknownConnection(`${at}/target_connection_id`)] : []),
      ];
      const same = { pointer: `${at}/target_connection_id`, code: 'same_connection', message: 'Name two connections' };
      return err(
        problem('unprocessable', 'invalid_recipe', 'There are no recipes between these.', {
          faults: faults.length > 0 ? faults : [same],
        }),
      );
    }
    return ok({
      pair: { sourceConnectionId: source.row.id, targetConnectionId: target.row.id },
      source: source.row,
      target: target.row,
      recipes: recipesFor(source.connector, target.connector),
    });
  }

  private async end(tx: TenantTx, id: string): Promise<{ row: ConnectionRow; connector: Connector } | null> {
    const uuid = fromPublicId('connection', id);
    const row = uuid === null ? null : await findConnection(tx, uuid);
    const connector = row === null ? undefined : this.connectors.get(row.connector_id);
    return row === null || connector === undefined ? null : { row, connector };
  }
}

function chosen(recipes: readonly Recipe[], ids: readonly string[]): Result<Recipe[], Problem> {
  const wanted = [...new Set(ids)].map((id) => recipes.find((recipe) => recipe.id === id));
  const faults = wanted.flatMap((recipe, index): InputFault[] =>
    recipe === undefined
      ? [{ pointer: `/recipe_ids/${index}`, code: 'unknown_recipe', message: 'These connections have no such recipe' }]
      : [],
  );
  if (faults.length > 0) {
    return err(problem('unprocessable', 'unknown_recipe', 'These connections have no such recipe.', { faults }));
  }
  return ok(wanted.flatMap((recipe) => recipe ?? []));
}

function unknownConnection(pointer: string): InputFault {
  return { pointer, code: 'unknown_connection', message: 'There is no such connection' };
}
