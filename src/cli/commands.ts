/** The table of commands, in the order of the help. A row here is all that a new command needs. */
import type { CommandSpec } from './command.ts';
import { sign } from './sign.ts';
import { tlsa } from './tlsa.ts';

export const commands: readonly CommandSpec[] = [tlsa, sign];
