const forbid = (folder, to) => ({
  name: `${folder} imports`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to,
});

const VENDORS = 'openai|anthropic|huggingface|local|module';

/** The arrows of the design: commands -> host -> activities, workflows' types; workflows -> domain; activities -> providers -> domain. */
module.exports = {
  forbidden: [
    forbid('domain', { pathNot: '^src/domain/|(^|/)node_modules/zod/' }),
    forbid('http', { path: '^src/(?!http/)' }),
    forbid('providers', { path: '@temporalio/|^src/(?!providers/|domain/|http/)' }),
    {
      name: 'no vendor imports a vendor',
      severity: 'error',
      from: { path: `^src/providers/(${VENDORS})/` },
      to: { path: `^src/providers/(${VENDORS})/`, pathNot: '^src/providers/$1/' },
    },
    forbid('activities', { path: '^src/(?!activities/|providers/|domain/|http/|package-root)' }),
    forbid('workflows', { path: '^src/(?!workflows/|domain/)', dependencyTypesNot: ['type-only'] }),
    {
      name: 'failover imports no feature',
      severity: 'error',
      from: { path: '^src/[^/]+/failover/' },
      to: { path: '^src/[^/]+/(analyze|ask|batch|schedule)/', dependencyTypesNot: ['type-only'] },
    },
    forbid('temporal', { path: '^src/(?!temporal/|config/|package-root|domain/)' }),
    forbid('host', { path: '^src/commands/' }),
    forbid('commands', { path: '^src/(workflows|providers)/', dependencyTypesNot: ['type-only'] }),
    {
      name: 'terminal imports no command',
      severity: 'error',
      from: { path: '^src/commands/terminal/' },
      to: { path: '^src/commands/(?!terminal/)' },
    },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
