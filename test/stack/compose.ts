import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const FILE = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url));

const service = z.object({
  environment: z.record(z.string(), z.string()).default({}),
  command: z.array(z.string()).default([]),
});
const compose = z.object({
  services: z.object({ postgresql: service, schema: service, temporal: service, namespace: service }),
  configs: z.object({ 'dynamic-config': z.object({ content: z.string() }) }),
});

/** What the compose file says, read from the file itself: what is tested here is what a user starts with it. */
export interface Stack {
  postgresql: Service;
  schema: Service;
  temporal: Service;
  namespace: Service;
  dynamicConfig: string;
}

export interface Service {
  environment: Record<string, string>;
  /** What its shell runs; empty for an image's own program. */
  script: string;
}

const CHOSEN = 'a-password-of-the-test';

/** With the defaults of its variables, as where none is set but those that have none. */
export function composedStack(): Stack {
  const { services, configs } = compose.parse(parse(readFileSync(FILE, 'utf8'), { merge: true }));
  const interpolated = ({ environment, command }: z.output<typeof service>): Service => ({
    environment: Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, withDefaults(value)])),
    script: withDefaults(command.join('\n')),
  });
  return {
    postgresql: interpolated(services.postgresql),
    schema: interpolated(services.schema),
    temporal: interpolated(services.temporal),
    namespace: interpolated(services.namespace),
    dynamicConfig: configs['dynamic-config'].content,
  };
}

/** `${NAME:-default}` becomes the default, `${NAME:?why}` what a person has to choose, `$$` a dollar. */
function withDefaults(value: string): string {
  return value
    .replace(/\$\{\w+:-([^}]*)\}/g, '$1')
    .replace(/\$\{\w+:\?[^}]*\}/g, CHOSEN)
    .replaceAll('$$', '$');
}
