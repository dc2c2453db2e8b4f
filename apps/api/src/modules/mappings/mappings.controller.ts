import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Req,
  Res,
  Inject,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { type MappingRow } from '@hub/mapping-store';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { ReadsTextOf } from '../../http/input-guard';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { AskWhetherShown } from '../../http/payload-access';
import { memberText } from '../../http/raw-json';
import { pathId } from '../../http/validation';
import {
  CreateMappingRequest,
  ListMappingsQuery,
  PreviewRequest,
  PublishRequest,
  RollbackRequest,
  UpdateMappingRequest,
} from './dto/mapping.request';
import {
  MappingListResponse,
  MappingResponse,
  PreviewResponse,
  PublishedMappingResponse,
} from './dto/mapping.response';
import { withheldValues } from './golden-case.mapper';
import { toMappingResponse, toPreviewError, toPublishedResponse } from './mapping.mapper';
import { MappingsService } from './mappings.service';

@ApiTags('Mappings')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/mappings')
export class MappingsController {
  constructor(@Inject(MappingsService) private readonly mappings: MappingsService) {}

  @Post()
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'createMapping', summary: 'Create a mapping; its first version is published at once' })
  @ApiResponse({ status: 201, type: MappingResponse, description: 'Created.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async create(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Body() request: CreateMappingRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MappingResponse> {
    const created = this.toResponse(unwrap(await this.mappings.create(tenant, actor, request)));
    void reply.header('location', `/v1/mappings/${created.id}`);
    return created;
  }

  @Post('preview')
  @HttpCode(200)
  @ReadsTextOf('input')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'previewMapping', summary: 'Run an expression on an input; nothing is kept' })
  @ApiResponse({ status: 200, type: PreviewResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async preview(
    @Tenant() tenant: string,
    @Body() request: PreviewRequest,
    @Req() raw: FastifyRequest,
  ): Promise<PreviewResponse> {
    // As it was written: a number that a double cannot hold must reach the expression as it would in a delivery.
    const inputText = memberText(raw.rawText ?? '{}', 'input') ?? JSON.stringify(request.input);
    const outcome = await this.mappings.preview(tenant, { ...request, inputText });
    const error = request.error_as_result === true && !outcome.ok ? toPreviewError(outcome.error) : null;
    return error === null ? { output: unwrap(outcome) } : { error };
  }

  @Get()
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listMappings', summary: 'Mappings, newest first' })
  @ApiResponse({ status: 200, type: MappingListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Tenant() tenant: string, @Query() query: ListMappingsQuery): Promise<MappingListResponse> {
    return pageResponse(await this.mappings.list(tenant, pageOf(query)), query.limit, (row) => this.toResponse(row));
  }

  @Get(':id')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getMapping', summary: 'One mapping' })
  @ApiResponse({ status: 200, type: MappingResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Tenant() tenant: string, @Param('id') id: string): Promise<MappingResponse> {
    return this.toResponse(unwrap(await this.mappings.find(tenant, pathId('mapping', id))));
  }

  @Patch(':id')
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'updateMapping', summary: 'Change name or description; expressions live in versions' })
  @ApiResponse({ status: 200, type: MappingResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async update(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() request: UpdateMappingRequest,
  ): Promise<MappingResponse> {
    return this.toResponse(unwrap(await this.mappings.update(tenant, actor, pathId('mapping', id), request)));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'deleteMapping', summary: 'Delete a mapping that no route and no sync uses' })
  @ApiResponse({ status: 204, description: 'Done.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async delete(@Tenant() tenant: string, @Actor() actor: AuditActor, @Param('id') id: string): Promise<void> {
    unwrap(await this.mappings.delete(tenant, actor, pathId('mapping', id)));
  }

  @Post(':id/publish')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'publishMapping',
    summary: 'Map with this version from now on, if the golden cases of the mapping let it',
    description:
      'Refused with 422 `golden_cases_failed` as long as a golden case does not come out as it must: `errors` names each ' +
      'place, as `#golden-cases/<name>/output/…`, and to callers with `payloads:read` what is there.',
  })
  @ApiResponse({ status: 200, type: PublishedMappingResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async publish(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @AskWhetherShown() shown: () => boolean,
    @Param('id') id: string,
    @Body() request: PublishRequest,
  ): Promise<PublishedMappingResponse> {
    const result = await this.mappings.publish(tenant, actor, pathId('mapping', id), request);
    const published = unwrap(withheldValues(result, shown));
    return toPublishedResponse(this.toResponse(published.mapping), published);
  }

  @Post(':id/rollback')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'rollbackMapping',
    summary: 'Map with the version that was published before from now on',
    description:
      'Undoes the last publication, and called again the one before. With `to_version`: any version that was published ' +
      'once. Golden cases are not asked.',
  })
  @ApiBody({ type: RollbackRequest, required: false })
  @ApiResponse({ status: 200, type: MappingResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async rollback(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() request: RollbackRequest,
  ): Promise<MappingResponse> {
    return this.toResponse(unwrap(await this.mappings.rollback(tenant, actor, pathId('mapping', id), request)));
  }

  private toResponse(row: MappingRow): MappingResponse {
    return toMappingResponse(row, (template) => this.mappings.templateVersion(template));
  }
}
