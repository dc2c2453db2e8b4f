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
import { type AuditActor } from '@hub/audit';
import { type KeyIdentity } from '@hub/tenancy';
import { Caller, RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { InviteMemberRequest, ListMembersQuery, UpdateMemberRequest } from './dto/member.request';
import { InvitationResponse, MemberListResponse, MemberResponse, ResetLinkResponse } from './dto/member.response';
import { toMemberResponse } from './member.mapper';
import { MembersService } from './members.service';
import { ResetLinksService } from './reset-links.service';

@ApiTags('Members')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/members')
export class MembersController {
  constructor(
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(ResetLinksService) private readonly resetLinks: ResetLinksService,
  ) {}

  @Get()
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listMembers', summary: 'People of this tenant, and who is invited, newest first' })
  @ApiResponse({ status: 200, type: MemberListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Tenant() tenant: string, @Query() query: ListMembersQuery): Promise<MemberListResponse> {
    return pageResponse(await this.members.list(tenant, pageOf(query)), query.limit, toMemberResponse);
  }

  @Post()
  @RequireScope('members:write')
  @ApiOperation({
    operationId: 'inviteMember',
    summary: 'Invite a person; the link is shown this once',
    description:
      'Where the hub mails invitations, an address is sent at most 3 an hour and a tenant sends at most 50 a day: 429 `too_many_invitations`.',
  })
  @ApiResponse({ status: 201, type: InvitationResponse, description: 'Invited.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async invite(
    @Caller() caller: KeyIdentity,
    @Actor() actor: AuditActor,
    @Body() body: InviteMemberRequest,
  ): Promise<InvitationResponse> {
    return unwrap(await this.members.invite(caller, actor, body));
  }

  @Patch(':id')
  @RequireScope('members:write')
  @ApiOperation({ operationId: 'updateMember', summary: 'Change role, right to payloads or status' })
  @ApiResponse({ status: 200, type: MemberResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async update(
    @Caller() caller: KeyIdentity,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() body: UpdateMemberRequest,
  ): Promise<MemberResponse> {
    return unwrap(await this.members.update(caller, actor, id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('members:write')
  @ApiOperation({ operationId: 'removeMember', summary: 'Remove a person, or take an invitation back' })
  @ApiResponse({ status: 204, description: 'Gone.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async remove(@Caller() caller: KeyIdentity, @Actor() actor: AuditActor, @Param('id') id: string): Promise<void> {
    unwrap(await this.members.remove(caller, actor, id));
  }

  @Post(':id/reset-link')
  @HttpCode(200)
  @RequireScope('members:write')
  @ApiOperation({
    operationId: 'createPasswordResetLink',
    summary: 'A link by which a person chooses a new password; shown this once',
    description:
      'For who cannot be reached by mail: hand it over yourself. Whoever follows it within the hour chooses the password, and everybody who is signed in as that person is signed out. Only for people who belong to this tenant alone.',
  })
  @ApiResponse({ status: 200, type: ResetLinkResponse, description: 'Made; the audit log says by whom.' })
  @ProblemResponses(401, 403, 404, 409, 422, 429, 503)
  async resetLink(
    @Caller() caller: KeyIdentity,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
  ): Promise<ResetLinkResponse> {
    return unwrap(await this.resetLinks.make(caller, actor, id));
  }
}
