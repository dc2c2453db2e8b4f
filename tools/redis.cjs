'use strict';
/** The tests run on a real Redis. What is missing is installed where a package manager can do it without asking. */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const SERVERS = ['redis-server', 'valkey-server'];

function onPath(program) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => {
    try {
      fs.accessSync(path.join(folder, program), fs.constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

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

/** Needs root, and takes `sudo` only where it asks for no password. */
function asRoot(command) {
  return process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
}

/** @throws when there is no server and none could be installed; the message says what to do. */
function ensureRedis() {
  if (SERVERS.some(onPath)) return;
  const advice = `The tests need redis-server (7 or newer) or valkey-server on the PATH`;
  const installer = INSTALLERS.find(({ manager }) => onPath(manager));
  if (installer === undefined) throw new Error(`${advice}, and no package manager is here that could install it.`);
  for (const plain of installer.commands) {
    const [program, ...values] = installer.root ? asRoot(plain) : plain;
    console.log(`  ${[program, ...values].join(' ')}`);
    const run = spawnSync(program, values, {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 300_000,
    });
    if (run.status !== 0) throw new Error(`${advice}, and this failed: ${plain.join(' ')}`);
  }
  if (!SERVERS.some(onPath)) throw new Error(`${advice}, and installing it did not put one there.`);
}

module.exports = { ensureRedis };
