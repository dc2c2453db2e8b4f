import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { OperatorOnly } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { CreateUserRequest } from './dto/user.request';
import { UserResponse } from './dto/user.response';
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
}
