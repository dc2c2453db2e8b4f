'use strict';
/** What a style sheet is to component tests: every class has its own name. */
module.exports = new Proxy({}, { get: (_target, name) => String(name) });
