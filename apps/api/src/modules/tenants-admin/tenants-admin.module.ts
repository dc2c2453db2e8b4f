import { Module } from '@nestjs/common';
import { TenantsAdminController } from './tenants-admin.controller';
import { TenantsAdminService } from './tenants-admin.service';

@Module({ controllers: [TenantsAdminController], providers: [TenantsAdminService] })
export class TenantsAdminModule {}
