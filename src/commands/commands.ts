import type { Command } from 'commander';
import type { ReadCommands } from './help/read-commands.js';

/** A command of the command line, known by name before its code is read. */
export interface CommandEntry {
  name: string;
  /** As its own help says. */
  about: string;
  load: () => Promise<(program: Command, read: ReadCommands) => void>;
  hidden?: boolean;
}

/** In the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'run',
    about: 'everything in one go: embedded server, worker, one analysis, result',
    load: async () => (await import('./server/run.js')).addRun,
  },
  {
    name: 'demo',
    about: 'failover to look at: one minute, no key, vendors that are fakes and say so',
    load: async () => (await import('./demo/demo.js')).addDemo,
  },
  {
    name: 'up',
    about: 'embedded server, Web UI and worker until Ctrl-C',
    load: async () => (await import('./server/up.js')).addUp,
  },
  {
    name: 'worker',
    about: 'the worker alone, on the server of TEMPORAL_ADDRESS',
    load: async () => (await import('./server/worker.js')).addWorker,
  },
  {
    name: 'analyze',
    about: 'one run, on a server and a worker that exist',
    load: async () => (await import('./analyze/analyze.js')).addAnalyze,
  },
  {
    name: 'ask',
    about: 'one task of the configuration, on a server and a worker that exist',
    load: async () => (await import('./ask/ask.js')).addAsk,
  },
  {
    name: 'start',
    about: 'a workflow of your own, that a worker with --workflows hosts',
    load: async () => (await import('./start/start.js')).addStart,
  },
  {
    name: 'runs',
    about: 'runs, by who answered and how; stop one, or have it ask again at once',
    load: async () => (await import('./runs/runs.js')).addRuns,
  },
  {
    name: 'batch',
    about: 'many texts of a file or folder, and their results in a file',
    load: async () => (await import('./batch/batch.js')).addBatch,
  },
  {
    name: 'schedule',
    about: 'recurring runs on a feed, a web page or files',
    load: async () => (await import('./schedule/schedule.js')).addSchedule,
  },
  {
    name: 'provider',
    about: 'who is in use; disable a provider, and enable it again',
    load: async () => (await import('./provider/outage.js')).addProvider,
  },
  {
    name: 'outage',
    about: 'outages that are under way',
    load: async () => (await import('./provider/outage.js')).addOutage,
  },
  {
    name: 'codec-server',
    about: 'decrypts for the Web UI and for temporal --codec-endpoint, until Ctrl-C',
    load: async () => (await import('./server/codec-server.js')).addCodecServer,
  },
  {
    name: 'setup',
    about: 'prepares a server of yours: namespace and search attributes; safe to run again',
    load: async () => (await import('./server/setup.js')).addSetup,
  },
  {
    name: 'doctor',
    about: 'asks server and fleet: workers, search attributes, and each provider and task on each worker',
    load: async () => (await import('./server/doctor.js')).addDoctor,
  },
  {
    name: 'init',
    about: 'write a commented configuration to start from',
    load: async () => (await import('./config/init.js')).addInit,
  },
  {
    name: 'config',
    about: 'check the configuration, or show what holds',
    load: async () => (await import('./config/config.js')).addConfig,
  },
  {
    name: 'temporal',
    about: "the embedded server's own command line, with its address",
    load: async () => (await import('./server/temporal.js')).addTemporal,
  },
  {
    name: 'completion',
    about: 'print what a shell needs to complete commands and options',
    load: async () => (await import('./help/completion.js')).addCompletion,
  },
  {
    name: 'help',
    about: 'help for a command, or about environment, exit-codes, configuration',
    load: async () => (await import('./help/help.js')).addHelp,
  },
];
