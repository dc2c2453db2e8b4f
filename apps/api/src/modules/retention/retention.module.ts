import { Module } from '@nestjs/common';
import { RetentionAdminController } from './retention-admin.controller';
import { RetentionAdminService } from './retention-admin.service';
import { RetentionController } from './retention.controller';
import { RetentionService } from './retention.service';

@Module({
  controllers: [RetentionController, RetentionAdminController],
  providers: [RetentionService, RetentionAdminService],
})
export class RetentionModule {}
