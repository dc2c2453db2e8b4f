import { Module } from '@nestjs/common';
import { AuditLogController } from './audit-log.controller';
import { AuditLogService } from './audit-log.service';
import { OperatorAuditLogController } from './operator-audit-log.controller';

@Module({
  controllers: [AuditLogController, OperatorAuditLogController],
  providers: [AuditLogService],
  exports: [AuditLogService],
})
export class AuditLogModule {}
