const forbid = (folder, to) => ({
  name: `${folder} imports`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to,
});

/** The arrows of the design: commands -> workflows, config, temporal; workflows -> domain; activities -> providers -> domain. */
module.exports = {
  forbidden: [
    forbid('domain', { pathNot: '^src/domain/' }),
    forbid('providers', { path: '@temporalio/|^src/(?!providers/|domain/)' }),
    forbid('activities', { path: '^src/(?!activities/|providers/|domain/)' }),
    forbid('workflows', { path: '^src/(?!workflows/|domain/)', dependencyTypesNot: ['type-only'] }),
    forbid('temporal', { path: '^src/(?!temporal/|config)' }),
    forbid('commands', { path: '^src/(workflows|providers)/', dependencyTypesNot: ['type-only'] }),
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
