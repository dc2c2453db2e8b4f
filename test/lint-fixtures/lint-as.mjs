/**
 * Lints each fixture beside this file as though it stood where its first line says, with the repository's own
 * configuration, and prints the rules that speak; and which of the given folders ESLint would go into. Rules that need
 * types are off: no program knows a file that is not there.
 */
import fs from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript-eslint';

const here = import.meta.dirname;
const root = path.resolve(here, '..', '..');
const eslint = new ESLint({ cwd: root, overrideConfig: [ts.configs.disableTypeChecked] });

async function rulesAgainst(code, place) {
  const filePath = path.join(root, place);
  if (await eslint.isPathIgnored(filePath)) throw new Error(`${place} is ignored`);
  const [result] = await eslint.lintText(code, { filePath });
  if (result.fatalErrorCount > 0) throw new Error(`${place}: ${result.messages[0].message}`);
  return [...new Set(result.messages.map((message) => message.ruleId))].sort();
}

const answers = { fixtures: {}, imports: {}, entered: [] };
for (const name of fs
  .readdirSync(here)
  .filter((file) => file.endsWith('.ts'))
  .sort()) {
  const code = fs.readFileSync(path.join(here, name), 'utf8');
  const place = /^\/\/ as: (\S+)$/m.exec(code)?.[1];
  if (place === undefined) throw new Error(`${name} does not say where it stands`);
  answers.fixtures[name] = await rulesAgainst(code, place);
}
/** Every project against every alias: which imports the boundaries let through. */
const { projects, aliases, folders } = JSON.parse(process.argv[2]);
for (const { name, sourceRoot } of projects) {
  answers.imports[name] = [];
  for (const alias of aliases) {
    const rules = await rulesAgainst(`export * from '${alias}';\n`, `${sourceRoot}/lint-fixture.ts`);
    if (rules.length === 0) answers.imports[name].push(alias);
  }
}
for (const folder of folders)
  if (!(await eslint.isPathIgnored(path.join(root, folder, 'lint-fixture.ts')))) answers.entered.push(folder);
process.stdout.write(JSON.stringify(answers));
