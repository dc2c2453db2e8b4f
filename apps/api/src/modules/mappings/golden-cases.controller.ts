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
  Req,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { AskWhetherShown, PayloadsShown } from '../../http/payload-access';
import { pathId } from '../../http/validation';
import {
  CreateGoldenCaseRequest,
  GoldenCaseListResponse,
  GoldenCaseResponse,
  UpdateGoldenCaseRequest,
} from './dto/golden-case.dto';
import { toGoldenCaseChange, toGoldenCaseResponse, toNewGoldenCase } from './golden-case.mapper';
import { GoldenCasesService } from './golden-cases.service';

@ApiTags('Mappings')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/mappings/:id/golden-cases')
export class GoldenCasesController {
  constructor(@Inject(GoldenCasesService) private readonly golden: GoldenCasesService) {}

  @Post()
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'createGoldenCase',
    summary: 'Add an input and what the mapping must make of it to be published',
    description: 'It may not hold yet: the published version stays published. At most 50 for a mapping.',
  })
  @ApiResponse({ status: 201, type: GoldenCaseResponse, description: 'Created.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async create(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @AskWhetherShown() shown: () => boolean,
    @Param('id') id: string,
    @Body() request: CreateGoldenCaseRequest,
    @Req() raw: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GoldenCaseResponse> {
    const golden = toNewGoldenCase(request, raw.rawText);
    const made = unwrap(await this.golden.create(tenant, actor, pathId('mapping', id), golden));
    const created = toGoldenCaseResponse(made, shown());
    void reply.header('location', `/v1/mappings/${id}/golden-cases/${created.id}`);
    return created;
  }

  @Get()
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listGoldenCases', summary: 'All golden cases of a mapping, oldest first' })
  @ApiResponse({ status: 200, type: GoldenCaseListResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async list(
    @Tenant() tenant: string,
    @PayloadsShown() shown: boolean,
    @Param('id') id: string,
  ): Promise<GoldenCaseListResponse> {
    const cases = unwrap(await this.golden.list(tenant, pathId('mapping', id)));
    return { data: cases.map((golden) => toGoldenCaseResponse(golden, shown)) };
  }

  @Get(':case_id')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getGoldenCase', summary: 'One golden case' })
  @ApiResponse({ status: 200, type: GoldenCaseResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(
    @Tenant() tenant: string,
    @PayloadsShown() shown: boolean,
    @Param('id') id: string,
    @Param('case_id') caseId: string,
  ): Promise<GoldenCaseResponse> {
    return toGoldenCaseResponse(
      unwrap(await this.golden.find(tenant, pathId('mapping', id), pathId('goldenCase', caseId))),
      shown,
    );
  }

  @Patch(':case_id')
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'updateGoldenCase', summary: 'Change a golden case; what is left out stays' })
  @ApiResponse({ status: 200, type: GoldenCaseResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async update(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @AskWhetherShown() shown: () => boolean,
    @Param('id') id: string,
    @Param('case_id') caseId: string,
    @Body() request: UpdateGoldenCaseRequest,
    @Req() raw: FastifyRequest,
  ): Promise<GoldenCaseResponse> {
    const change = toGoldenCaseChange(request, raw.rawText);
    const [mapping, golden] = [pathId('mapping', id), pathId('goldenCase', caseId)];
    const changed = unwrap(await this.golden.update(tenant, actor, mapping, golden, change));
    return toGoldenCaseResponse(changed, shown());
  }

  @Delete(':case_id')
  @HttpCode(204)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'deleteGoldenCase', summary: 'Delete a golden case' })
  @ApiResponse({ status: 204, description: 'Done.' })
  @ProblemResponses(401, 403, 404, 409, 422, 429, 503)
  async delete(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Param('case_id') caseId: string,
  ): Promise<void> {
    unwrap(await this.golden.delete(tenant, actor, pathId('mapping', id), pathId('goldenCase', caseId)));
  }
}
