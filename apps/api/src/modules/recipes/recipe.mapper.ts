import { toPublicId, type IdKind } from '@hub/platform';
import { type AppliedRecipe } from './apply-recipe';
import { type AppliedResponse, type RecipeResponse } from './dto/recipe.dto';
import { type ListedRecipe } from './recipes.service';

export function toRecipeResponse({ recipe, applied }: ListedRecipe): RecipeResponse {
  const { template } = recipe;
  const idOf = (kind: IdKind, uuid: string | null): string | null => (uuid === null ? null : toPublicId(kind, uuid));
  return {
    id: recipe.id,
    title: recipe.title,
    description: recipe.description,
    object: recipe.object.name,
    canonical_type: template.canonicalType,
    event_type: recipe.eventType,
    operation: recipe.operation,
    template_id: template.id,
    template_version: template.version,
    applied:
      applied === null
        ? null
        : {
            sync_id: idOf('sync', applied.sync_id),
            mapping_id: idOf('mapping', applied.mapping_id),
            route_id: idOf('route', applied.route_id),
            route_enabled: applied.route_enabled,
          },
  };
}

export function toAppliedResponse(applied: AppliedRecipe): AppliedResponse {
  return {
    recipe_id: applied.recipe,
    created: applied.created,
    sync_id: toPublicId('sync', applied.syncId),
    mapping_id: toPublicId('mapping', applied.mappingId),
    route_id: toPublicId('route', applied.routeId),
    route_enabled: applied.routeEnabled,
  };
}
