import { Module } from '@nestjs/common';
import { UsageAdminController } from './usage-admin.controller';
import { UsageAdminService } from './usage-admin.service';
import { UsageController } from './usage.controller';
import { UsageService } from './usage.service';

@Module({ controllers: [UsageController, UsageAdminController], providers: [UsageService, UsageAdminService] })
export class UsageModule {}
