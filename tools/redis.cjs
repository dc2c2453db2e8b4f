'use strict';
/** The tests run on a real Redis. What is missing is installed where a package manager can do it without asking. */
const { install, onPath } = require('./system-packages.cjs');

const SERVERS = ['redis-server', 'valkey-server'];

/** Ways to install one, each a list of commands; the first whose package manager is here is taken. */
const INSTALLERS = [
  {
    manager: 'apt-get',
    root: true,
    commands: [
      ['apt-get', 'update'],
      ['apt-get', 'install', '-y', '--no-install-recommends', 'redis-server'],
    ],
  },
  { manager: 'dnf', root: true, commands: [['dnf', 'install', '-y', 'redis']] },
  { manager: 'apk', root: true, commands: [['apk', 'add', '--no-cache', 'redis']] },
  { manager: 'brew', root: false, commands: [['brew', 'install', 'redis']] },
];

const isHere = () => SERVERS.some((server) => onPath(server) !== null);

/** @throws when there is no server and none could be installed; the message says what to do. */
function ensureRedis() {
  if (isHere()) return;
  const advice = `The tests need redis-server (7 or newer) or valkey-server on the PATH`;
  const failed = install(INSTALLERS);
  if (failed === undefined) throw new Error(`${advice}, and no package manager is here that could install it.`);
  if (failed !== null) throw new Error(`${advice}, and this failed: ${failed}`);
  if (!isHere()) throw new Error(`${advice}, and installing it did not put one there.`);
}

module.exports = { ensureRedis };
