import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Put, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { SaveSsoRequest } from './dto/sso.request';
import { SsoResponse } from './dto/sso.response';
import { SsoDomainsService } from './sso-domains.service';
import { SsoService } from './sso.service';

@ApiTags('Members')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/sso')
export class SsoController {
  constructor(
    @Inject(SsoService) private readonly sso: SsoService,
    @Inject(SsoDomainsService) private readonly domains: SsoDomainsService,
  ) {}

  @Get()
  @RequireScope('members:write')
  @ApiOperation({
    operationId: 'getSso',
    summary: 'Single sign-on of this tenant, and what to enter at the identity provider',
  })
  @ApiResponse({ status: 200, type: SsoResponse, description: 'As it is, set up or not. The secret is not shown.' })
  @ProblemResponses(401, 403, 429, 503)
  find(@Tenant() tenant: string): Promise<SsoResponse> {
    return this.sso.find(tenant);
  }

  @Put()
  @RequireScope('tenant:own')
  @ApiOperation({
    operationId: 'saveSso',
    summary: 'Let people in by your own identity provider (OpenID Connect)',
    description:
      'For owners: whoever says who is who could make themselves anybody. The provider must name the e-mail and say that it is verified. A domain counts once it is verified: see `verifySsoDomains`.',
  })
  @ApiResponse({ status: 200, type: SsoResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async save(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Body() request: SaveSsoRequest,
  ): Promise<SsoResponse> {
    return unwrap(await this.sso.save(tenant, actor, request));
  }

  @Delete()
  @HttpCode(204)
  @RequireScope('tenant:own')
  @ApiOperation({ operationId: 'removeSso', summary: 'End single sign-on; people go on with passwords' })
  @ApiResponse({ status: 204, description: 'Gone.' })
  @ProblemResponses(401, 403, 404, 409, 422, 429, 503)
  async remove(@Tenant() tenant: string, @Actor() actor: AuditActor): Promise<void> {
    unwrap(await this.sso.remove(tenant, actor));
  }

  @Post('verify-domains')
  @HttpCode(200)
  @RequireScope('tenant:own')
  @ApiOperation({
    operationId: 'verifySsoDomains',
    summary: 'Look for the proof in the DNS of each domain that is not verified',
  })
  @ApiResponse({ status: 200, type: SsoResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 409, 422, 429, 503)
  async verify(@Tenant() tenant: string, @Actor() actor: AuditActor): Promise<SsoResponse> {
    return unwrap(await this.domains.verify(tenant, actor));
  }
}
