import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { openObjectStore, type ObjectStore } from '@hub/platform';
import { type ApiSettings } from '../settings';
import { OBJECT_STORE, SETTINGS } from '../tokens';

@Module({
  providers: [
    {
      provide: OBJECT_STORE,
      inject: [SETTINGS],
      useFactory: async (settings: ApiSettings): Promise<ObjectStore> => {
        const opened = await openObjectStore(settings);
        if (!opened.ok) throw new Error(opened.error);
        return opened.value;
      },
    },
  ],
  exports: [OBJECT_STORE],
})
export class ObjectStoreModule implements OnApplicationShutdown {
  constructor(@Inject(OBJECT_STORE) private readonly store: ObjectStore) {}

  async onApplicationShutdown(): Promise<void> {
    await this.store.close();
  }
}
