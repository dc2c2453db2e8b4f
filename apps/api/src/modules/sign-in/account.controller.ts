import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type SessionIdentity } from '@hub/tenancy';
import { SessionOnly } from '../../http/access';
import { unwrap } from '../../http/hub-problem';
import { pathId } from '../../http/validation';
import { AccountService } from './account.service';
import {
  BeginTotpRequest,
  ChangePasswordRequest,
  ConfirmTotpRequest,
  EnterTenantRequest,
  RemoveTotpRequest,
  SwitchTenantRequest,
} from './dto/sign-in.request';
import { OperatorVisitsService } from './operator-visits.service';
import { type ListedSessionResponse, type SessionResponse } from './session.mapper';
import { SessionsService } from './sessions.service';
import { SignedIn, SignedInGuard } from './signed-in';

/** What a person who is signed in may do about being so. */
@ApiExcludeController()
@SessionOnly()
@UseGuards(SignedInGuard)
@Controller('auth')
export class AccountController {
  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(AccountService) private readonly account: AccountService,
    @Inject(OperatorVisitsService) private readonly visits: OperatorVisitsService,
  ) {}

  @Post('sign-out')
  @HttpCode(204)
  async signOut(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @SignedIn() signedIn: SessionIdentity,
  ): Promise<void> {
    await this.sessions.signOut(request, reply, signedIn);
  }

  @Post('tenant')
  @HttpCode(200)
  async switchTenant(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @SignedIn() signedIn: SessionIdentity,
    @Body() { tenant_id: tenantId }: SwitchTenantRequest,
  ): Promise<SessionResponse> {
    return unwrap(await this.sessions.switchTo(request, reply, signedIn, tenantId));
  }

  @Get('sessions')
  list(@SignedIn() signedIn: SessionIdentity): Promise<{ data: ListedSessionResponse[] }> {
    return this.sessions.list(signedIn);
  }

  @Delete('sessions')
  @HttpCode(204)
  async endOthers(@Req() request: FastifyRequest, @SignedIn() signedIn: SessionIdentity): Promise<void> {
    await this.account.endOtherSessions(request, signedIn);
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  async end(
    @Req() request: FastifyRequest,
    @SignedIn() signedIn: SessionIdentity,
    @Param('id') id: string,
  ): Promise<void> {
    unwrap(await this.sessions.end(request, signedIn, pathId('session', id)));
  }

  @Post('password')
  @HttpCode(204)
  async changePassword(
    @Req() request: FastifyRequest,
    @SignedIn() signedIn: SessionIdentity,
    @Body() body: ChangePasswordRequest,
  ): Promise<void> {
    unwrap(await this.account.changePassword(request, signedIn, body.current_password, body.new_password));
  }

  @Post('totp')
  @HttpCode(200)
  async beginTotp(
    @Req() request: FastifyRequest,
    @SignedIn() signedIn: SessionIdentity,
    @Body() { password }: BeginTotpRequest,
  ): Promise<{ secret: string; otpauth_uri: string }> {
    return unwrap(await this.account.beginTotp(request, signedIn, password));
  }

  @Post('totp/confirm')
  @HttpCode(200)
  async confirmTotp(
    @Req() request: FastifyRequest,
    @SignedIn() signedIn: SessionIdentity,
    @Body() { code }: ConfirmTotpRequest,
  ): Promise<{ recovery_codes: readonly string[] }> {
    return unwrap(await this.account.confirmTotp(request, signedIn, code));
  }

  @Delete('totp')
  @HttpCode(204)
  async removeTotp(
    @Req() request: FastifyRequest,
    @SignedIn() signedIn: SessionIdentity,
    @Body() { password, code }: RemoveTotpRequest,
  ): Promise<void> {
    unwrap(await this.account.removeTotp(request, signedIn, password, code));
  }

  @Post('operator/enter')
  @HttpCode(204)
  async enter(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @SignedIn() signedIn: SessionIdentity,
    @Body() { tenant_id: tenantId, reason }: EnterTenantRequest,
  ): Promise<void> {
    unwrap(await this.visits.enter(request, reply, signedIn, tenantId, reason));
  }

  @Post('operator/leave')
  @HttpCode(204)
  async leave(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @SignedIn() signedIn: SessionIdentity,
  ): Promise<void> {
    unwrap(await this.visits.leave(request, reply, signedIn));
  }
}
