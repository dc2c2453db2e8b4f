import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { OperatorOnly } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { CreateUserRequest, UserResetLinkRequest } from './dto/user.request';
import { UserResetLinkResponse, UserResponse } from './dto/user.response';
import { UsersAdminService } from './users-admin.service';

@ApiTags('Operators')
@ApiBearerAuth('operator_key')
@OperatorOnly()
@Controller('admin/v1/users')
export class UsersAdminController {
  constructor(@Inject(UsersAdminService) private readonly users: UsersAdminService) {}

  @Post()
  @ApiOperation({
    operationId: 'createUser',
    summary: 'Create a person who can sign in, as member of tenants or as operator',
  })
  @ApiResponse({ status: 201, type: UserResponse, description: 'Created.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async create(@Actor() actor: AuditActor, @Body() body: CreateUserRequest): Promise<UserResponse> {
    return unwrap(await this.users.create(actor, body));
  }

  @Post('reset-link')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'createUserResetLink',
    summary: 'A link by which a person chooses a new password; shown this once',
    description:
      'For who gets no mail and belongs to several tenants, or was let into another one by its provider: hand it over to the person themselves. Whoever follows it within the hour chooses the password, and everybody who is signed in as that person is signed out. With a mail server the account’s address gets a letter that says that it was made. The operators’ log and those of the person’s tenants say that it was made.',
  })
  @ApiResponse({ status: 200, type: UserResetLinkResponse, description: 'Made.' })
  @ProblemResponses(400, 401, 403, 404, 413, 415, 422, 429, 503)
  async resetLink(@Actor() actor: AuditActor, @Body() { email }: UserResetLinkRequest): Promise<UserResetLinkResponse> {
    return unwrap(await this.users.resetLink(actor, email));
  }
}
