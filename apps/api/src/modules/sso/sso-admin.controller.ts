import { Controller, HttpCode, Inject, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { OperatorOnly } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { pathId } from '../../http/validation';
import { SsoDomainsService } from './sso-domains.service';

@ApiTags('Operators')
@ApiBearerAuth('operator_key')
@OperatorOnly()
@Controller('admin/v1/tenants/:id/sso-domains')
export class SsoAdminController {
  constructor(@Inject(SsoDomainsService) private readonly domains: SsoDomainsService) {}

  @Put(':domain')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'confirmSsoDomain',
    summary: 'Confirm that an e-mail domain belongs to a tenant that has named it',
  })
  @ApiResponse({ status: 204, description: 'Verified.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async confirm(@Actor() actor: AuditActor, @Param('id') id: string, @Param('domain') domain: string): Promise<void> {
    unwrap(await this.domains.confirm(pathId('tenant', id), domain, actor));
  }
}
