'use strict';
/** Preloaded into workers: whoever sends a poisoned record over a socket dies of it, without a chance to tidy up. */
const net = require('node:net');

const POISON = 'this-record-kills';
const isWorker = /apps[\\/]worker/.test(process.argv[1] ?? '');
const { write } = net.Socket.prototype;
if (isWorker)
  net.Socket.prototype.write = function (chunk, ...rest) {
    // Pipes to the mapping children are sockets too: only a system outside is poisoned by it.
    if (this.remotePort !== undefined && Buffer.from(chunk ?? '').includes(POISON)) {
      if (process.env.HUB_TEST_POISON === 'oom') {
        const hoard = [];
        for (;;) hoard.push(new Array(1_000_000).fill(hoard.length));
      }
      process.kill(process.pid, 'SIGKILL');
    }
    return write.call(this, chunk, ...rest);
  };
