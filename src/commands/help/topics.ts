/** What belongs to no one command. */
export const TOPICS: Readonly<Record<string, string>> = {
  environment: `Environment variables. An empty one counts as unset.

Where things are
  UNDERSTUDY_CONFIG     the configuration; default: understudy.yaml in the working directory
  UNDERSTUDY_HOST       whose the files of a worker are; default: the name of the machine
  UNDERSTUDY_HOME       the embedded server's database and log; default: .understudy in the working directory
  TEMPORAL_CLI_PATH     the temporal program to use; default: on the PATH, in the cache, downloaded, built with Go

The server
  TEMPORAL_ADDRESS      HOST:PORT; default: the embedded server that runs here, else 127.0.0.1:7233
  TEMPORAL_NAMESPACE    default: default
  TEMPORAL_API_KEY      turns TLS on
  TEMPORAL_TLS_*        certificates, as the temporal CLI and the SDKs read them
  TEMPORAL_PROFILE      of the temporal CLI's temporal.toml

Keys, in the worker's environment alone
  OPENAI_API_KEY        of the built-in provider openai
  HF_API_TOKEN          of the built-in provider huggingface; HF_TOKEN is read too
  ANTHROPIC_API_KEY     of providers of kind anthropic
  …                     whatever apiKeyEnv names in the configuration, and the keys of encryption
  UNDERSTUDY_WEBHOOK_*  secrets that sign what goes to webhooks; --webhook-secret-env names one

How a worker tells of itself
  LOG_LEVEL             TRACE to ERROR; default: INFO
  LOG_FORMAT            json: a line an event
  UNDERSTUDY_METRICS_LISTEN  HOST:PORT for Prometheus, in place of the configuration's metrics.listen
  OTEL_*                where traces go and what they hold, as OpenTelemetry names it
  UNDERSTUDY_CODEC_TOKEN     what the Web UI shows to the codec server

A worker's version, for Worker Deployment Versioning
  TEMPORAL_WORKER_DEPLOYMENT_NAME, TEMPORAL_WORKER_BUILD_ID

Output
  NO_COLOR              no colours; FORCE_COLOR: colours

Examples:
  $ OPENAI_API_KEY=… npx understudy worker
  $ TEMPORAL_ADDRESS=temporal.example:7233 npx understudy doctor`,
  'exit-codes': `Exit codes.

  0    done
  1    the analysis, a line of a batch, or a check failed
  2    usage, configuration or connection: nothing was begun, and the message says what to mend
  130  Ctrl-C; what was started on the server goes on

Examples:
  $ npx understudy analyze "…" --json > result.json || echo "failed with $?"
  $ npx understudy worker --check && echo healthy`,
  configuration: `Configuration: understudy.yaml in the working directory, or the file that UNDERSTUDY_CONFIG names.
Without one, openai summarizes and huggingface judges, each takes over for the other, and the local provider serves without a key.

  providers.NAME.kind           openai | openai-compatible | anthropic | huggingface | local | module
  providers.NAME.apiKeyEnv      the variable that holds its key
  providers.NAME.model          and baseUrl, timeoutMs, retry, requestsPerSecond, price …
  routes.summarize              names of providers, best first
  routes.sentiment              the same
  tasks.NAME                    a task of yours: instruction, and output as JSON Schema; routes.NAME says who is asked
  maxSummaryWords               5 to 1000; default: 60
  files.root                    the folder that holds all files that batches and schedules may read and write
  files.shared                  every worker sees that folder, as containers on one volume do
  network.allowHosts            hosts that sources and sinks may reach though they are not public
  metrics.listen                where Prometheus reads a worker's metrics
  notices                       who is told of outages, by webhook
  encryption.keys               of all that the server keeps

All keys: docs/configuration.md.

A worker reads it when it starts; every command checks it. No key stands in it.

Examples:
  $ npx understudy init            write one to start from
  $ npx understudy config check    all that is wrong with it, at once
  $ npx understudy config show     what holds, defaults included`,
};
