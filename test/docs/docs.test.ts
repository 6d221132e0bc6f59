import { describe, expect, it } from '@jest/globals';
import { pages, written } from './pages.js';
import { configKeys } from './config-schema.js';
import { CONFIG_WORDS } from './config-words.js';

it('are what the code says', async () => {
  for (const { file, content } of await pages()) expect(`${file}: ${await written(file)}`).toBe(`${file}: ${content}`);
});

describe('the words of the configuration', () => {
  it('tell about every key, and about no other', () => {
    const paths = configKeys().map(({ path }) => path);
    expect(Object.keys(CONFIG_WORDS).sort()).toEqual(paths.sort());
  });
});
