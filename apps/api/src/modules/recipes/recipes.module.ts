import { Module } from '@nestjs/common';
import { PullBellModule } from '../syncs/pull-bell.module';
import { RecipesController } from './recipes.controller';
import { RecipesService } from './recipes.service';

@Module({ imports: [PullBellModule], controllers: [RecipesController], providers: [RecipesService] })
export class RecipesModule {}
