'use strict';
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Suites that run whole hubs take the longest and are the smallest files, by which Jest goes where it has not measured them:
 * they come first, so that at the end no core waits for one of them.
 */
class LongestFirst extends Sequencer {
  sort(tests) {
    const isLong = ({ path }) => Number(/\.e2e-spec\.ts$/.test(path));
    return super.sort([...tests]).sort((left, right) => isLong(right) - isLong(left));
  }
}

module.exports = LongestFirst;
