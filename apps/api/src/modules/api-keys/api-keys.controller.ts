import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Inject, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { type KeyIdentity } from '@hub/tenancy';
import { Caller, RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { toApiKeyResponse, toCreatedApiKeyResponse } from './api-key.mapper';
import { ApiKeysService } from './api-keys.service';
import {
  CreateApiKeyRequest,
  DEFAULT_OVERLAP_SECONDS,
  ListApiKeysQuery,
  RotateApiKeyRequest,
} from './dto/api-key.request';
import { ApiKeyListResponse, CreatedApiKeyResponse } from './dto/api-key.response';

@ApiTags('API keys')
@ApiBearerAuth('api_key')
@RequireScope('keys:write')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(@Inject(ApiKeysService) private readonly keys: ApiKeysService) {}

  @Get()
  @ApiOperation({ operationId: 'listApiKeys', summary: 'Keys, newest first, revoked and expired ones included' })
  @ApiResponse({ status: 200, type: ApiKeyListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Tenant() tenant: string, @Query() query: ListApiKeysQuery): Promise<ApiKeyListResponse> {
    return pageResponse(await this.keys.list(tenant, pageOf(query)), query.limit, toApiKeyResponse);
  }

  @Post()
  @ApiOperation({ operationId: 'createApiKey', summary: 'Create a key; it is shown this once' })
  @ApiResponse({ status: 201, type: CreatedApiKeyResponse, description: 'Created.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async create(
    @Caller() caller: KeyIdentity,
    @Actor() actor: AuditActor,
    @Body() request: CreateApiKeyRequest,
  ): Promise<CreatedApiKeyResponse> {
    return toCreatedApiKeyResponse(unwrap(await this.keys.create(caller, actor, request)));
  }

  @Post(':id/rotate')
  @ApiOperation({ operationId: 'rotateApiKey', summary: 'A new key in the place of one that goes on for the overlap' })
  @ApiResponse({ status: 201, type: CreatedApiKeyResponse, description: 'Created.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async rotate(
    @Caller() caller: KeyIdentity,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() { overlap_seconds: overlapSeconds = DEFAULT_OVERLAP_SECONDS, expires_at: ends }: RotateApiKeyRequest,
  ): Promise<CreatedApiKeyResponse> {
    const rotation = { overlapSeconds, expiresAt: ends == null ? ends : new Date(ends) };
    return toCreatedApiKeyResponse(unwrap(await this.keys.rotate(caller, actor, pathId('apiKey', id), rotation)));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'revokeApiKey', summary: 'Revoke a key now; it is refused everywhere within 5 s' })
  @ApiResponse({ status: 204, description: 'Done.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async revoke(@Tenant() tenant: string, @Actor() actor: AuditActor, @Param('id') id: string): Promise<void> {
    unwrap(await this.keys.revoke(tenant, actor, pathId('apiKey', id)));
  }
}
