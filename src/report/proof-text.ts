/** What the proof found, for people. */
import type { Proof } from '../prove/prove.ts';
import type { CacheContent, Unprotected, Violation, Warning } from '../prove/violation.ts';
import { shortTime } from './plan-words.ts';

/** What was asked for and cannot be judged. */
export interface NotJudged {
  /** A zone or a host. */
  readonly name: string;
  readonly what: 'zone' | 'history' | 'mail';
  readonly why: readonly string[];
}

const parts = { zone: '', history: ' (what caches hold from before)', mail: ' (mail)' } as const;

/** `until`: the horizon up to which the future was simulated, Unix seconds. */
export function proofText(
  { violations, warnings, unprotected, judged, advice, outside }: Proof,
  notJudged: readonly NotJudged[],
  until: number,
): string {
  const lines: string[] = [];
  for (const violation of violations) lines.push(...findingLines('violation', violation));
  for (const line of advice) lines.push(`help: ${line}`, '');
  for (const warning of warnings) lines.push(...findingLines('warning', warning));
  for (const row of unprotected) lines.push(unprotectedLine(row));
  for (const { name, what, why } of notJudged) lines.push(`not judged: ${name}${parts[what]}: ${why.join('; ')}`);
  const { zones, histories, instants, combinations } = judged;
  const count = (n: number, word: string) => `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;
  const holds =
    zones === 0
      ? 'Nothing was judged'
      : notJudged.length === 0
        ? 'The proof holds'
        : 'No violation in what could be judged';
  const verdict = violations.length === 0 ? holds : count(violations.length, 'violation');
  lines.push(
    `${verdict} up to ${shortTime(until)}: ${count(zones, 'zone')}, ${histories.toLocaleString('en')} different, ${count(instants, 'instant')}, ${count(combinations, 'combination')} of what caches may hold.`,
    'Outside of it:',
    ...outside.map((line) => `  ${line}`),
  );
  return `${lines.join('\n')}\n`;
}

function findingLines(word: string, { kind, message, from, until, caches, names }: Violation | Warning): string[] {
  const end = until === undefined ? 'with no end in sight' : `until ${shortTime(until)}`;
  return [
    `${word}[${kind}] ${message}`,
    `  from ${shortTime(from)} ${end}${names.length > 0 ? `, for ${names.join(', ')}` : ''}`,
    ...caches.flatMap(cacheLines),
    '',
  ];
}

function cacheLines({ what, name, records, signers, since, heldUntil, ttl }: CacheContent): string[] {
  const signed =
    signers === undefined ? '' : signers.length === 0 ? ', not signed' : `, signed by ${signers.join(' ')}`;
  const held = heldUntil === undefined ? '' : `, held until ${shortTime(heldUntil)}`;
  const ttls = ttl === undefined ? '' : `, TTL ${ttl}`;
  return [
    `    ${what} of ${name}, met since ${shortTime(since)}${held}${ttls}${signed}`,
    ...(records.length === 0 ? ['        (none)'] : records.map((record) => `        ${record}`)),
  ];
}

function unprotectedLine({ host, port, reason, from, until }: Unprotected): string {
  const why = {
    absent: 'no TLSA records',
    unusable: 'no TLSA record that mail can use',
    insecure: 'no DS secures them',
  };
  const end = until === undefined ? '' : ` until ${shortTime(until)}`;
  return `unprotected: ${host}:${port} from ${shortTime(from)}${end}: ${why[reason]}`;
}
