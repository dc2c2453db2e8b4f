'use strict';
const { default: Sequencer } = require('@jest/test-sequencer');

/** Shorter suites after each long one; so many are left for the end that no core waits there for a long one. */
const BETWEEN = 2;

/**
 * Suites that run whole hubs take the longest, and wait for much of it. They begin early, though they are the smallest files,
 * by which Jest goes where it has not measured them; and others that need a core run beside each, not after all of them.
 */
class Mixed extends Sequencer {
  sort(tests) {
    const sorted = super.sort([...tests]);
    const isLong = ({ path }) => /\.e2e-spec\.ts$/.test(path);
    const others = sorted.filter((test) => !isLong(test));
    const mixed = sorted.filter(isLong).flatMap((test) => [test, ...others.splice(0, BETWEEN)]);
    return [...mixed, ...others];
  }
}

module.exports = Mixed;
