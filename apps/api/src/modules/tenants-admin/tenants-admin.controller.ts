import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { OperatorOnly } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { CreateTenantRequest, EraseTenantRequest, ListTenantsQuery, UpdateTenantRequest } from './dto/tenant.request';
import { CreatedTenantResponse, TenantListResponse, TenantResponse, TierListResponse } from './dto/tenant.response';
import { toCreatedTenantResponse, toNewTenant, toTenantChange, toTenantResponse } from './tenant.mapper';
import { TenantsAdminService } from './tenants-admin.service';

@ApiTags('Operators')
@ApiBearerAuth('operator_key')
@OperatorOnly()
@Controller('admin/v1')
export class TenantsAdminController {
  constructor(@Inject(TenantsAdminService) private readonly tenants: TenantsAdminService) {}

  @Post('tenants')
  @ApiOperation({
    operationId: 'createTenant',
    summary: 'Create a tenant with its first key, which is shown this once',
  })
  @ApiResponse({ status: 201, type: CreatedTenantResponse, description: 'Created.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async create(
    @Actor() actor: AuditActor,
    @Body() request: CreateTenantRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedTenantResponse> {
    const environment = request.key_environment ?? 'live';
    const created = toCreatedTenantResponse(
      unwrap(await this.tenants.create(actor, toNewTenant(request), environment)),
    );
    void reply.header('location', `/admin/v1/tenants/${created.id}`);
    return created;
  }

  @Get('tenants')
  @ApiOperation({ operationId: 'listTenants', summary: 'Tenants, newest first' })
  @ApiResponse({ status: 200, type: TenantListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Query() query: ListTenantsQuery): Promise<TenantListResponse> {
    return pageResponse(await this.tenants.list(query, pageOf(query)), query.limit, toTenantResponse);
  }

  @Get('tenants/:id')
  @ApiOperation({ operationId: 'getTenant', summary: 'One tenant' })
  @ApiResponse({ status: 200, type: TenantResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Param('id') id: string): Promise<TenantResponse> {
    return toTenantResponse(unwrap(await this.tenants.find(pathId('tenant', id))));
  }

  @Patch('tenants/:id')
  @ApiOperation({ operationId: 'updateTenant', summary: 'Change name, tier, limit or status; holds within seconds' })
  @ApiResponse({ status: 200, type: TenantResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async update(
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() request: UpdateTenantRequest,
  ): Promise<TenantResponse> {
    return toTenantResponse(unwrap(await this.tenants.update(actor, pathId('tenant', id), toTenantChange(request))));
  }

  @Post('tenants/:id/erasure')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'eraseTenant',
    summary: 'Erase a suspended tenant for good',
    description:
      'Its keys are destroyed at once: secrets, golden cases, back-tests and the archive can be read by nobody any more. A worker ' +
      'deletes its rows and objects. Its audit log stays, without the names of people. Refused under a legal hold.',
  })
  @ApiResponse({ status: 200, type: TenantResponse, description: 'Erased, now or before.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async erase(
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() request: EraseTenantRequest,
  ): Promise<TenantResponse> {
    return toTenantResponse(unwrap(await this.tenants.erase(actor, pathId('tenant', id), request)));
  }

  @Get('tiers')
  @ApiOperation({ operationId: 'listTiers', summary: 'Tiers and their limits' })
  @ApiResponse({ status: 200, type: TierListResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 429, 503)
  async tiers(): Promise<TierListResponse> {
    return { data: await this.tenants.tiers() };
  }
}
