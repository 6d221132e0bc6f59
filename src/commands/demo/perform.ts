import { interruption, Interrupted, INTERRUPTED } from '../terminal/interrupt.js';
import { printed, say } from '../terminal/say.js';
import { screenOf } from '../terminal/screen.js';
import { isPaidOnce, runsTable } from './bill.js';
import { play } from './play.js';
import { SCENES } from './scenes.js';
import { openSet, type DemoSet } from './set.js';
import { narrator } from './stage-directions.js';

/** Failover to look at. @returns the exit code */
export async function perform(): Promise<number> {
  const abort = new AbortController();
  const gone = new Promise<never>((_, reject) => {
    const leave = () => {
      abort.abort(new Interrupted());
      reject(new Interrupted());
    };
    void interruption().then(leave);
    process.once('SIGHUP', leave); // the terminal was closed
    process.stdout.once('error', leave); // nobody reads any more, as behind `| head`
  });
  gone.catch(() => undefined); // perhaps nobody listens by then
  let set: DemoSet | undefined;
  try {
    const { act, happens } = narrator(abort.signal);
    act(
      'Failover to look at, in about a minute',
      'No key is needed and nothing leaves this machine: openai and huggingface are fakes that fail when they are told to.',
      'All else is real: the Temporal server, the worker, the workflows, HTTP.',
    );
    set = await openSet(Object.values(SCENES), abort.signal);
    const troubled = Promise.race([gone, set.broke]);
    troubled.catch(() => undefined);
    const worker = await Promise.race([set.startWorker(), troubled]);
    happens(`Temporal at ${set.address}, a worker as process ${worker}, two fake vendors at ${set.vendors.url}`);
    happens(`to look inside while it lasts: ${set.webUi}`);
    const runs = await Promise.race([play(set, { act, happens }), troubled]);

    act('What came of it');
    const { calls } = set.vendors;
    printed(runsTable(runs, calls, screenOf(process.stdout)));
    const answered = calls.filter((call) => call.answered && !call.probe).length;
    const refused = calls.filter((call) => !call.answered && !call.probe).length;
    const probes = calls.filter(({ probe }) => probe).length;
    const paidOnce = isPaidOnce(runs, calls);
    printed([
      '',
      `By the vendors' own books: ${answered} answers for ${runs.length} runs of two questions, ${paidOnce ? 'none paid twice' : 'SOME PAID TWICE OR NOT AT ALL'}; ` +
        `${refused} calls failed, ${probes} were probes.`,
      'With vendors that are real: npx understudy run "my text"',
    ]);
    return paidOnce ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    say('interrupted; nothing of the demo is left running');
    return INTERRUPTED;
  } finally {
    await set?.stop();
  }
}
