import { Controller, Get, Inject, Param, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Public } from '../../http/access';
import { StrangersGuard } from '../sign-in/signed-in';
import { SsoSignInService } from './sso-sign-in.service';

/** The way to a company's own sign-in page and back. Browsers walk it: whatever goes wrong is told on a page, not as a problem. */
@ApiExcludeController()
@Public()
@UseGuards(StrangersGuard)
@Controller('auth/sso')
export class SsoSignInController {
  constructor(@Inject(SsoSignInService) private readonly signIn: SsoSignInService) {}

  @Get(':tenant_slug')
  async begin(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant_slug') slug: string,
  ): Promise<void> {
    const begun = await this.signIn.begin(request, reply, slug);
    send(reply, begun.ok ? begun.value : failedPage(begun.error));
  }

  @Get(':tenant_slug/callback')
  async comeBack(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant_slug') slug: string,
  ): Promise<void> {
    const came = await this.signIn.comeBack(request, reply, slug);
    send(reply, came.ok ? '/overview' : failedPage(came.error));
  }
}

function failedPage(code: string): string {
  return `/sign-in?error=${code}`;
}

function send(reply: FastifyReply, location: string): void {
  // What is in this address is good once, and nobody else's business.
  void reply.header('referrer-policy', 'no-referrer').redirect(location, 302);
}
