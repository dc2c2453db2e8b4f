import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type KeyIdentity } from '@hub/tenancy';
import { Caller, RequireScope } from '../../http/access';
import { ProblemResponses } from '../../http/openapi';
import { MeResponse } from './dto/me.response';
import { toMeResponse } from './me.mapper';
import { MeService } from './me.service';

@ApiTags('Me')
@ApiBearerAuth('api_key')
@RequireScope(null)
@Controller('v1/me')
export class MeController {
  constructor(@Inject(MeService) private readonly me: MeService) {}

  @Get()
  @ApiOperation({ operationId: 'getMe', summary: 'Who am I: key, scopes, tenant and limits' })
  @ApiResponse({ status: 200, type: MeResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 429, 503)
  async find(@Caller() caller: KeyIdentity): Promise<MeResponse> {
    return toMeResponse(await this.me.find(caller), caller);
  }
}
