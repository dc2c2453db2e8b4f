import { Module } from '@nestjs/common';
import { AccountController } from './account.controller';
import { AccountService } from './account.service';
import { InvitationsService } from './invitations.service';
import { OperatorVisitsService } from './operator-visits.service';
import { PasswordResetsService } from './password-resets.service';
import { SecondFactor } from './second-factor';
import { SessionsService } from './sessions.service';
import { SignInController } from './sign-in.controller';
import { SignInService } from './sign-in.service';
import { WrongPasswords } from './wrong-passwords';

@Module({
  controllers: [SignInController, AccountController],
  providers: [
    SignInService,
    SessionsService,
    AccountService,
    InvitationsService,
    PasswordResetsService,
    OperatorVisitsService,
    SecondFactor,
    WrongPasswords,
  ],
  exports: [PasswordResetsService, SessionsService],
})
export class SignInModule {}
