import { Module } from '@nestjs/common';
import { SignInModule } from '../sign-in/sign-in.module';
import { MembersController } from './members.controller';
import { MembersService } from './members.service';
import { ResetLinksService } from './reset-links.service';

@Module({ imports: [SignInModule], controllers: [MembersController], providers: [MembersService, ResetLinksService] })
export class MembersModule {}
