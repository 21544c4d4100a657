/** The table of commands, in the order of the help. A row here is all that a new command needs. */
import { build, resign } from './build.ts';
import { check } from './check.ts';
import type { CommandSpec } from './command.ts';
import { confirmCertServed, confirmDsGone, confirmDsSeen, confirmPublished } from './confirm.ts';
import { diff } from './diff.ts';
import { ds } from './ds.ts';
import { explain } from './explain.ts';
import { keysGenerate } from './keys-generate.ts';
import { keysList } from './keys-list.ts';
import { match } from './match.ts';
import { plan } from './plan.ts';
import { prove } from './prove.ts';
import { ready } from './ready.ts';
import { rollAbort, rollAlgorithm, rollCsk, rollInsecure, rollKsk, rollStep, rollZsk } from './roll.ts';
import { rollCert } from './roll-cert.ts';
import { sign } from './sign.ts';
import { tlsa } from './tlsa.ts';
import { verify } from './verify.ts';

export const commands: readonly CommandSpec[] = [
  build,
  check,
  diff,
  ds,
  tlsa,
  match,
  sign,
  verify,
  resign,
  confirmPublished,
  confirmDsSeen,
  confirmDsGone,
  confirmCertServed,
  plan,
  prove,
  rollZsk,
  rollKsk,
  rollCsk,
  rollAlgorithm,
  rollCert,
  rollInsecure,
  rollStep,
  rollAbort,
  ready,
  explain,
  keysGenerate,
  keysList,
];
