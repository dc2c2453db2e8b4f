import { Module } from '@nestjs/common';
import { ObjectStoreModule } from '../../infrastructure/object-store.module';
import { AuditExportsController } from './audit-exports.controller';
import { AuditExportsService } from './audit-exports.service';
import { AuditLogModule } from '../audit-log/audit-log.module';
import { OperatorAuditExportsController } from './operator-audit-exports.controller';
import { TenantAuditExportsController } from './tenant-audit-exports.controller';
import { TenantAuditExportsService } from './tenant-audit-exports.service';

@Module({
  imports: [ObjectStoreModule, AuditLogModule],
  controllers: [AuditExportsController, OperatorAuditExportsController, TenantAuditExportsController],
  providers: [AuditExportsService, TenantAuditExportsService],
})
export class AuditExportsModule {}
