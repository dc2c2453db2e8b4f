import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { shortOrLong } from '../support/form';
import { stageHub, type StagedHub } from '../support/staged-hub';
import { faultRow } from './fault-row';
import { expectNoForeignRow } from './foreign-rows';
import { type Command, sequences } from './model-commands';
import { ModelRun, Reaper } from './model-run';

const SEQUENCES = shortOrLong(15, 200);
/** Side by side, each in an account of its own. */
const LANES = 8;
/** Each takes seconds until the worker is back. */
const MOST_KILLS = shortOrLong(2, 60);
/** `HUB_MODEL_SEED` repeats a run; what fate does beside it is another each time. The long form looks for new sequences. */
const SEED = Number(process.env['HUB_MODEL_SEED'] ?? shortOrLong(20_261_122, randomInt(2 ** 31 - 1)));

describe('random sequences of what customers, destinations and fate may do', () => {
  let hub: StagedHub;
  beforeAll(async () => {
    hub = await stageHub({ queue: 'redis', workers: 2 });
  }, 120_000);
  afterAll(() => hub?.stop());

  faultRow(
    `${SEQUENCES} random sequences against a model (seed ${SEED})`,
    'each step is answered as the model says; at the end every promise is kept',
    async (told) => {
      const reaper = new Reaper(hub.workers, MOST_KILLS);
      const waiting = fc.sample(sequences, { seed: SEED, numRuns: SEQUENCES });
      const commands = waiting.flat().length;
      const lane = async (): Promise<void> => {
        for (let sequence = waiting.pop(); sequence !== undefined; sequence = waiting.pop())
          await play(sequence, reaper).catch((error: unknown) => {
            // The other lanes end what they have begun, and begin nothing more.
            waiting.length = 0;
            throw error;
          });
      };
      const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
      for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
      await expectNoForeignRow(hub.database);
      told.note(`${commands} steps, ${reaper.kills} kills`);
    },
    shortOrLong(180_000, 3_600_000),
  );

  async function play(sequence: readonly Command[], reaper: Reaper): Promise<void> {
    let at = 0;
    try {
      const run = await ModelRun.begin(hub, reaper);
      for (const command of sequence) {
        await run.apply(command);
        at++;
      }
      await run.end();
    } catch (error) {
      const steps = sequence.map((command) => JSON.stringify(command)).join('\n');
      throw new Error(`seed ${SEED}: failed after ${at} of ${sequence.length} steps of\n${steps}`, { cause: error });
    }
  }
});
