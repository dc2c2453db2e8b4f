'use strict';
/** Preloaded into a process whose clock is to be wrong, by `HUB_TEST_SKEW_MS`. The monotonic clock stays right. */
const skewMs = Number(process.env.HUB_TEST_SKEW_MS ?? 0);
const RightDate = Date;
globalThis.Date = class Date extends RightDate {
  constructor(...values) {
    if (values.length === 0) super(RightDate.now() + skewMs);
    else super(...values);
  }

  static now() {
    return RightDate.now() + skewMs;
  }
};
