import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type KeyIdentity } from '@hub/tenancy';
import { Caller, RequireScope } from '../../http/access';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import {
  SavedFilterListResponse,
  SavedFilterResponse,
  SavedFiltersQuery,
  SaveFilterRequest,
  UpdateSavedFilterRequest,
} from './dto/saved-filter.dto';
import { SavedFiltersService } from './saved-filters.service';

@ApiTags('Saved filters')
@ApiBearerAuth('api_key')
@RequireScope('events:read')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/saved-filters')
export class SavedFiltersController {
  constructor(@Inject(SavedFiltersService) private readonly filters: SavedFiltersService) {}

  @Get()
  @ApiOperation({
    operationId: 'listSavedFilters',
    summary: 'Your saved filters, by name',
    description: 'Of the person who is signed in. A key has none.',
  })
  @ApiResponse({ status: 200, type: SavedFilterListResponse, description: 'All of them.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Caller() caller: KeyIdentity, @Query() query: SavedFiltersQuery): Promise<SavedFilterListResponse> {
    return { data: await this.filters.list(caller, query.view) };
  }

  @Post()
  @ApiOperation({ operationId: 'saveFilter', summary: 'Give the filters of a list a name' })
  @ApiResponse({ status: 201, type: SavedFilterResponse, description: 'Saved.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async save(@Caller() caller: KeyIdentity, @Body() request: SaveFilterRequest): Promise<SavedFilterResponse> {
    return unwrap(await this.filters.save(caller, request));
  }

  @Patch(':id')
  @ApiOperation({ operationId: 'updateSavedFilter', summary: 'Rename a saved filter, or let it filter otherwise' })
  @ApiResponse({ status: 200, type: SavedFilterResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async update(
    @Caller() caller: KeyIdentity,
    @Param('id') id: string,
    @Body() request: UpdateSavedFilterRequest,
  ): Promise<SavedFilterResponse> {
    return unwrap(await this.filters.update(caller, id, request));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteSavedFilter', summary: 'Delete a saved filter' })
  @ApiResponse({ status: 204, description: 'Gone.' })
  @ProblemResponses(401, 403, 404, 409, 422, 429, 503)
  async remove(@Caller() caller: KeyIdentity, @Param('id') id: string): Promise<void> {
    unwrap(await this.filters.remove(caller, id));
  }
}
