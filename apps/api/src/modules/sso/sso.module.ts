import { Module } from '@nestjs/common';
import { SignInModule } from '../sign-in/sign-in.module';
import { IdentityProviders } from './identity-providers';
import { SsoAdminController } from './sso-admin.controller';
import { lookUpTxt, SsoDomainsService, TXT_LOOKUP } from './sso-domains.service';
import { SsoController } from './sso.controller';
import { SsoMembers } from './sso-members';
import { SsoService } from './sso.service';
import { SsoSignInController } from './sso-sign-in.controller';
import { SsoSignInService } from './sso-sign-in.service';

@Module({
  imports: [SignInModule],
  controllers: [SsoController, SsoAdminController, SsoSignInController],
  providers: [
    SsoService,
    SsoDomainsService,
    SsoSignInService,
    SsoMembers,
    IdentityProviders,
    { provide: TXT_LOOKUP, useValue: lookUpTxt },
  ],
})
export class SsoModule {}
