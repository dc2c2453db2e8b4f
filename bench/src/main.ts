import { setMaxListeners } from 'node:events';
import { benchAccept } from './benchmarks/accept';
import { benchAudit } from './benchmarks/audit';
import { benchBacklog } from './benchmarks/backlog';
import { benchBreaker } from './benchmarks/breaker';
import { benchDeliver } from './benchmarks/deliver';
import { benchLatency } from './benchmarks/latency';
import { benchLists } from './benchmarks/lists';
import { benchMemory } from './benchmarks/memory';
import { benchN8n } from './benchmarks/n8n';
import { benchSalesforce } from './benchmarks/salesforce';
import { benchStart } from './benchmarks/start';
import { benchTenants } from './benchmarks/tenants';
import { parseOptions, USAGE, type BenchmarkName, type BenchOptions } from './options';
import { printSection, writeJson, type Section } from './report/report';
import { Stage } from './stage/stage';

const RUN: Readonly<Record<BenchmarkName, (stage: Stage, options: BenchOptions) => Promise<Section>>> = {
  accept: benchAccept,
  deliver: benchDeliver,
  latency: benchLatency,
  salesforce: benchSalesforce,
  tenants: benchTenants,
  breaker: benchBreaker,
  audit: benchAudit,
  start: benchStart,
  backlog: benchBacklog,
  lists: benchLists,
  memory: benchMemory,
  n8n: benchN8n,
};

async function main(options: BenchOptions): Promise<void> {
  setMaxListeners(0);
  const stage = await Stage.open(options);
  // Ctrl-C leaves neither servers nor their files behind; the programs die with this process.
  const interrupt = (): void => void stage.close().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  const sections: Section[] = [];
  try {
    console.log(`${stage.versions}; ${options.runs} runs of ${options.seconds} s each, medians\n`);
    for (const name of options.benchmarks) {
      const section = await RUN[name](stage, options);
      sections.push(section);
      console.log(`${printSection(section)}\n`);
      if (options.json !== null) await writeJson(options.json, sections);
    }
  } finally {
    await stage.close();
  }
}

function optionsOrExit(): BenchOptions {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

main(optionsOrExit()).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
