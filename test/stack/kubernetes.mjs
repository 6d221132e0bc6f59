// `npm run test:kubernetes`: the example of deploy/kubernetes, against Kubernetes' own schemas (kubernetes-validate, PyPI).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { machine } from '../../dist/config/config.js';
import { parseConfig } from '../../dist/config/config-schema.js';

const VALIDATE = 'kubernetes-validate==1.37.0';
const folder = fileURLToPath(new URL('../../deploy/kubernetes/', import.meta.url));
const objectsIn = (file) =>
  parseAllDocuments(readFileSync(join(folder, file), 'utf8'), { merge: true }).map((document) => document.toJS());
const objects = objectsIn('understudy.yaml');
const ofKind = (kind) => objects.filter((object) => object.kind === kind);
const deployments = ofKind('Deployment');
const containerOf = ({ spec }) => spec.template.spec.containers[0];

it('is what Kubernetes takes, and nothing that it does not know', () => {
  const environment = join(machine().cacheDir, 'kubernetes-validate');
  const binary = join(environment, 'bin', 'kubernetes-validate');
  if (!existsSync(binary)) {
    execFileSync('python3', ['-m', 'venv', environment]);
    execFileSync(join(environment, 'bin', 'pip'), ['install', '--quiet', VALIDATE]);
  }
  execFileSync(binary, ['--strict', '--quiet', join(folder, 'understudy.yaml')], { stdio: ['ignore', 2, 2] });
});

it('has a configuration that a worker takes', () => {
  const { data } = ofKind('ConfigMap').find(({ metadata }) => metadata.name === 'understudy-configuration');
  const { encryption } = parseConfig(data['understudy.yaml'], 'understudy.yaml');
  for (const deployment of deployments) {
    const names = containerOf(deployment).env.map(({ name }) => name);
    for (const { env } of encryption.keys) assert.ok(names.includes(env), deployment.metadata.name);
  }
});

it('holds no secret, and gives a key of a provider to nobody but who calls it', () => {
  assert.deepEqual(ofKind('Secret'), []);
  for (const deployment of deployments) {
    const { env, args } = containerOf(deployment);
    for (const { value, valueFrom } of env) assert.ok(value === undefined && valueFrom.secretKeyRef.key);
    const serves = args.at(-1);
    for (const [name, provider] of Object.entries({ OPENAI_API_KEY: 'openai', HF_API_TOKEN: 'huggingface' })) {
      assert.equal(env.some((each) => each.name === name), serves === provider, `${deployment.metadata.name} ${name}`); // prettier-ignore
    }
  }
});

it('asks every worker how it is, and runs it without rights', () => {
  for (const deployment of deployments) {
    const { startupProbe, readinessProbe, livenessProbe, securityContext, resources } = containerOf(deployment);
    for (const probe of [startupProbe, readinessProbe, livenessProbe])
      assert.ok(probe.exec.command.includes('--check'));
    assert.equal(securityContext.readOnlyRootFilesystem, true);
    assert.deepEqual(securityContext.capabilities, { drop: ['ALL'] });
    assert.equal(deployment.spec.template.spec.securityContext.runAsNonRoot, true);
    assert.ok(resources.limits.memory);
  }
});

it('guards every Deployment by a budget, and scales by queues that one of them serves', () => {
  const labels = deployments.map(({ spec }) => JSON.stringify(spec.selector.matchLabels));
  const budgets = ofKind('PodDisruptionBudget').map(({ spec }) => JSON.stringify(spec.selector.matchLabels));
  assert.deepEqual(budgets.sort(), labels.sort());
  for (const { spec } of objectsIn('autoscaling.yaml')) {
    const target = deployments.find(({ metadata }) => metadata.name === spec.scaleTargetRef.name);
    const { taskQueue, queueTypes } = spec.triggers[0].metadata;
    assert.deepEqual([taskQueue, queueTypes], [`understudy.${containerOf(target).args.at(-1)}`, 'activity']);
  }
});
