'use strict';
/** Programs that the tests need of the machine: found on the PATH, or installed where that can be done without asking. */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/** @returns where the program is; null when it is not on the PATH */
function onPath(program) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const files = folders.map((folder) => path.join(folder, program));
  return files.find(isExecutable) ?? null;
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Needs root, and takes `sudo` only where it asks for no password. */
function asRoot(command) {
  return process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
}

/**
 * Runs the commands of the first installer whose package manager is here.
 * @param installers each `{ manager, root, commands }`
 * @returns null when all went well; else the command that failed, or `undefined` when there is no such package manager
 */
function install(installers) {
  const installer = installers.find(({ manager }) => onPath(manager) !== null);
  if (installer === undefined) return undefined;
  for (const plain of installer.commands) {
    const [program, ...values] = installer.root ? asRoot(plain) : plain;
    console.log(`  ${[program, ...values].join(' ')}`);
    const run = spawnSync(program, values, {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 300_000,
    });
    if (run.status !== 0) return plain.join(' ');
  }
  return null;
}

module.exports = { install, isExecutable, onPath };
