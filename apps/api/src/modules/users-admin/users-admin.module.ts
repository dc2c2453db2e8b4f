import { Module } from '@nestjs/common';
import { UsersAdminController } from './users-admin.controller';
import { UsersAdminService } from './users-admin.service';

@Module({ controllers: [UsersAdminController], providers: [UsersAdminService] })
export class UsersAdminModule {}
