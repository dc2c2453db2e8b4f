import { Body, Controller, Get, HttpCode, Inject, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { ApplyRecipesRequest, ApplyRecipesResponse, ListRecipesQuery, RecipeListResponse } from './dto/recipe.dto';
import { toAppliedResponse, toRecipeResponse } from './recipe.mapper';
import { RecipesService } from './recipes.service';

@ApiTags('Recipes')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/recipes')
export class RecipesController {
  constructor(@Inject(RecipesService) private readonly recipes: RecipesService) {}

  @Get()
  @RequireScope('config:read')
  @ApiOperation({
    operationId: 'listRecipes',
    summary: 'What can be carried from one connection to another, ready-made',
  })
  @ApiResponse({ status: 200, type: RecipeListResponse, description: 'Found.' })
  @ProblemResponses(400, 401, 403, 422, 429, 503)
  async list(@Tenant() tenant: string, @Query() query: ListRecipesQuery): Promise<RecipeListResponse> {
    return { data: unwrap(await this.recipes.list(tenant, query)).map(toRecipeResponse) };
  }

  @Post('apply')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'applyRecipes',
    summary: 'Make syncs, mappings and routes out of recipes; what is there already stays',
  })
  @ApiResponse({ status: 200, type: ApplyRecipesResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async apply(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Body() request: ApplyRecipesRequest,
  ): Promise<ApplyRecipesResponse> {
    return { data: unwrap(await this.recipes.apply(tenant, actor, request)).map(toAppliedResponse) };
  }
}
