import { it } from '@jest/globals';

/** A test that needs a server of its own. Against a server of the user's none is started, and no binary looked for. */
export const itStartsServer = process.env.TEST_TEMPORAL_CLI === undefined ? it.skip : it;
