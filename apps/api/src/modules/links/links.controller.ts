import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { CreateLinkRequest, LinkListResponse, LinkResponse, ListLinksQuery, MergeLinksRequest } from './dto/link.dto';
import { linkIdOf, toLinkResponse, toRecordRefs } from './link.mapper';
import { LinksService } from './links.service';

@ApiTags('Links')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/links')
export class LinksController {
  constructor(@Inject(LinksService) private readonly links: LinksService) {}

  @Post()
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'createLink', summary: 'Say which records of different systems are one' })
  @ApiResponse({ status: 201, type: LinkResponse, description: 'Created.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async create(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Body() request: CreateLinkRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LinkResponse> {
    const created = toLinkResponse(unwrap(await this.links.create(tenant, actor, request.type, toRecordRefs(request))));
    void reply.header('location', `/v1/links/${created.id}`);
    return created;
  }

  @Get()
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listLinks', summary: 'Links, newest first, by what they hold' })
  @ApiResponse({ status: 200, type: LinkListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Tenant() tenant: string, @Query() query: ListLinksQuery): Promise<LinkListResponse> {
    const { type, connection_id: connectionId, source, object, record_id: recordId, deleted } = query;
    const filter = { type, connectionId, source, object, recordId, deleted };
    return pageResponse(await this.links.list(tenant, pageOf(query), filter), query.limit, toLinkResponse);
  }

  @Get(':id')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getLink', summary: 'One link with its ends' })
  @ApiResponse({ status: 200, type: LinkResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Tenant() tenant: string, @Param('id') id: string): Promise<LinkResponse> {
    return toLinkResponse(unwrap(await this.links.find(tenant, pathId('link', id))));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'deleteLink',
    summary: 'Forget a link and its records: when they change again, they are new to the hub',
  })
  @ApiResponse({ status: 204, description: 'Done.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async delete(@Tenant() tenant: string, @Actor() actor: AuditActor, @Param('id') id: string): Promise<void> {
    unwrap(await this.links.delete(tenant, actor, pathId('link', id)));
  }

  @Post(':id/merge')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'mergeLinks', summary: 'Take all ends of another link of the type into this one' })
  @ApiResponse({ status: 200, type: LinkResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async merge(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() request: MergeLinksRequest,
  ): Promise<LinkResponse> {
    return toLinkResponse(unwrap(await this.links.merge(tenant, actor, pathId('link', id), linkIdOf(request.link_id))));
  }

  @Delete(':id/ends/:end_id')
  @HttpCode(204)
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'deleteLinkEnd',
    summary: 'Take one record out of a link; with the last one the link goes',
  })
  @ApiResponse({ status: 204, description: 'Done.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async deleteEnd(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Param('end_id') endId: string,
  ): Promise<void> {
    unwrap(await this.links.removeEnd(tenant, actor, pathId('link', id), pathId('linkEnd', endId)));
  }
}
