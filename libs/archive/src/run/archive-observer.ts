import { type ArchiveError, type ArchiveKind, type Day } from '../archive.types';
import { type ArchiveObject } from '../objects/archive-objects.repository';

/** Why a day is still in the database although its time has come. */
export type WaitReason = 'archiving' | 'replay' | 'many_open' | 'locked' | 'key_unavailable' | 'store';

/** What the archive tells the outside: metrics and logs. */
export interface ArchiveObserver {
  archived(object: ArchiveObject): void;
  retired(kind: ArchiveKind, day: Day): void;
  /** The day is gone. `movedBack`: rows that the archive had otherwise, or not at all. */
  dropped(kind: ArchiveKind, day: Day, movedBack: number): void;
  waiting(day: Day | null, reason: WaitReason | null): void;
  expired(objects: number): void;
  restored(events: number): void;
  failed(error: ArchiveError, tenantId: string | null): void;
  /** The hub itself failed at a restore; the others go on. */
  restoreFailed(error: unknown, tenantId: string): void;
}

export const silentArchiveObserver: ArchiveObserver = {
  archived: nothing,
  retired: nothing,
  dropped: nothing,
  waiting: nothing,
  expired: nothing,
  restored: nothing,
  failed: nothing,
  restoreFailed: nothing,
};

function nothing(): void {}
