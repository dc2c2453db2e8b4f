import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Problem, type Result } from '@hub/platform';
import { Public } from '../../http/access';
import { FailedRequestLimit, tooManyFailures } from '../../http/failed-request-limit';
import { HubProblem, unwrap } from '../../http/hub-problem';
import { SessionAccess } from '../../http/session-access';
import {
  AcceptInvitationRequest,
  AskPasswordResetRequest,
  ChooseNewPasswordRequest,
  SignInOptionsQuery,
  SignInRequest,
  TotpSignInRequest,
} from './dto/sign-in.request';
import { InvitationsService, type ShownInvitation } from './invitations.service';
import { PasswordResetsService } from './password-resets.service';
import { type SessionResponse } from './session.mapper';
import { SessionsService } from './sessions.service';
import { SignInService, type SignInAnswer, type SignInOptions } from './sign-in.service';
import { StrangersGuard } from './signed-in';

/** How people come in. For the portal alone, and hence in no document: programs have keys. */
@ApiExcludeController()
@Public()
@UseGuards(StrangersGuard)
@Controller('auth')
export class SignInController {
  constructor(
    @Inject(SignInService) private readonly signIn: SignInService,
    @Inject(InvitationsService) private readonly invitations: InvitationsService,
    @Inject(PasswordResetsService) private readonly resets: PasswordResetsService,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(SessionAccess) private readonly access: SessionAccess,
    @Inject(FailedRequestLimit) private readonly failures: FailedRequestLimit,
  ) {}

  @Post('sign-in')
  @HttpCode(200)
  async withPassword(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() { email, password }: SignInRequest,
  ): Promise<SignInAnswer> {
    return unwrap(await this.signIn.withPassword(request, reply, email, password));
  }

  @Get('sign-in/options')
  options(@Query() { email }: SignInOptionsQuery): Promise<SignInOptions> {
    return this.signIn.options(email);
  }

  @Post('sign-in/totp')
  @HttpCode(200)
  async withCode(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() { challenge, code }: TotpSignInRequest,
  ): Promise<SignInAnswer> {
    return unwrap(await this.signIn.withCode(request, reply, challenge, code));
  }

  /** 204 for nobody: a page that asks who is signed in has done nothing wrong. */
  @Get('session')
  async session(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionResponse | undefined> {
    const refusal = await this.access.recognise(request);
    if (refusal === null && request.signedIn !== undefined) return this.sessions.describe(request, request.signedIn);
    void reply.code(204);
    return undefined;
  }

  @Get('invitations/:token')
  async invitation(@Req() request: FastifyRequest, @Param('token') token: string): Promise<ShownInvitation> {
    return this.followed(request, await this.invitations.show(token));
  }

  @Post('invitations/:token')
  @HttpCode(200)
  async accept(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('token') token: string,
    @Body() body: AcceptInvitationRequest,
  ): Promise<{ status: 'signed_in' | 'accepted' }> {
    return this.followed(request, await this.invitations.accept(request, reply, token, body));
  }

  /** The same for everybody, whether or not there is such an account. */
  @Post('password-reset')
  @HttpCode(202)
  async askForReset(@Req() request: FastifyRequest, @Body() { email }: AskPasswordResetRequest): Promise<void> {
    unwrap(await this.resets.ask(request, email));
  }

  @Post('password-reset/:token')
  @HttpCode(204)
  async chooseNewPassword(
    @Req() request: FastifyRequest,
    @Param('token') token: string,
    @Body() { new_password: password }: ChooseNewPasswordRequest,
  ): Promise<void> {
    this.followed(request, await this.resets.choose(request, token, password));
  }

  /** Links are guessed no more often than keys. */
  private followed<T>({ ip }: FastifyRequest, result: Result<T, Problem>): T {
    const isUnknown = !result.ok && result.error.kind === 'not_found';
    if (isUnknown && !this.failures.mayFail(ip)) throw new HubProblem(tooManyFailures());
    return unwrap(result);
  }
}
