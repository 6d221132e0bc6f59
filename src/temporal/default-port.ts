/** Where `temporal server start-dev` listens by default. */
export const DEFAULT_PORT = 7233;
