/** Time for requests under way when the process is asked to stop. */
export const GRACE_MS = 25_000;
/** The first process of a group waits a little longer, so that it sees the others end. */
export const GROUP_GRACE_MS = GRACE_MS + 2_000;
