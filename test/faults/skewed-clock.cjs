'use strict';
const { readFileSync } = require('node:fs');
const { setInterval } = require('node:timers');

/**
 * Preloaded into a process whose clock is to be wrong, by `HUB_TEST_SKEW_MS`, or by what `HUB_TEST_SKEW_FILE` says at the
 * time: such a clock jumps. The monotonic clock stays right.
 */
let skewMs = Number(process.env.HUB_TEST_SKEW_MS ?? 0);
const file = process.env.HUB_TEST_SKEW_FILE;
const read = () => {
  skewMs = Number(readFileSync(file, 'utf8'));
};
if (file !== undefined) {
  read();
  setInterval(read, 50).unref();
}
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
