import { Module } from '@nestjs/common';
import { ObjectStoreModule } from '../../infrastructure/object-store.module';
import { AuditExportsController } from './audit-exports.controller';
import { AuditExportsService } from './audit-exports.service';
import { OperatorAuditExportsController } from './operator-audit-exports.controller';

@Module({
  imports: [ObjectStoreModule],
  controllers: [AuditExportsController, OperatorAuditExportsController],
  providers: [AuditExportsService],
})
export class AuditExportsModule {}
