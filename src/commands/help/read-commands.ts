import type { Command } from 'commander';

/** Reads the code of the named commands, or of all; of the others the program that comes back knows the names alone. */
export type ReadCommands = (names: readonly string[] | 'all') => Promise<Command>;
