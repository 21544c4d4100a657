/** DMARC policies (RFC 7489 section 6.3): their syntax, which receivers do not complain about but silently ignore. */
import { contentOf } from './texts.ts';

/** Tag → what is wrong with its value; others are ignored by receivers, and here. */
const tags: Readonly<Record<string, (value: string) => string | undefined>> = {
  p: (value) => oneOf(value, ['none', 'quarantine', 'reject']),
  sp: (value) => oneOf(value, ['none', 'quarantine', 'reject']),
  np: (value) => oneOf(value, ['none', 'quarantine', 'reject']),
  adkim: (value) => oneOf(value, ['r', 's']),
  aspf: (value) => oneOf(value, ['r', 's']),
  pct: (value) => (/^[0-9]{1,3}$/.test(value) && Number(value) <= 100 ? undefined : 'expected 0 to 100'),
  ri: (value) => (/^[0-9]{1,10}$/.test(value) ? undefined : 'expected seconds'),
  fo: (value) => (/^[01ds](?:\s*:\s*[01ds])*$/i.test(value) ? undefined : 'expected 0, 1, d and s with colons between'),
  rua: reportUris,
  ruf: reportUris,
};

/** Why receivers ignore the policy, or a part of it; undefined where they do not. */
export function dmarcFault(rdata: readonly Uint8Array[]): string | undefined {
  const texts = rdata.map(contentOf);
  const policies = texts.filter((text) => /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text));
  if (policies.length > 1) return `has ${policies.length} DMARC policies, and receivers then use none`;
  if (policies.length === 0) return `has no text that begins with v=DMARC1; found ${JSON.stringify(shown(texts[0]))}`;
  const parts = policies[0].split(';').slice(1);
  const seen = new Map<string, string>();
  for (const [i, part] of parts.entries()) {
    const text = part.trim();
    if (text === '') {
      if (i < parts.length - 1) return 'has two semicolons in a row';
      continue;
    }
    const tag = /^([a-z][a-z0-9]*)\s*=\s*(.*)$/is.exec(text);
    if (tag === null) return `has ${JSON.stringify(shown(text))} where a tag such as p=reject was expected`;
    const [, written, value] = tag;
    const name = written.toLowerCase();
    if (seen.has(name)) return `has the tag ${name} twice`;
    seen.set(name, value);
    const wrong = Object.hasOwn(tags, name) ? tags[name](value) : undefined;
    if (wrong !== undefined) return `has ${name}=${shown(value)}: ${wrong}`;
  }
  // RFC 7489 section 6.6.3: without p, a policy with rua counts as p=none.
  if (!seen.has('p') && !seen.has('rua')) return 'has no tag p, which says what is to be done';
  return undefined;
}

function oneOf(value: string, known: readonly string[]): string | undefined {
  return known.includes(value.toLowerCase()) ? undefined : `expected ${known.join(', ')}`;
}

function reportUris(value: string): string | undefined {
  const wrong = value.split(',').find((uri) => !/^[a-z][a-z0-9+.-]*:[^\s,!]+(?:![0-9]+[kmgt]?)?$/i.test(uri.trim()));
  if (wrong === undefined) return undefined;
  return wrong.includes('@')
    ? `expected a URI, mailto:${wrong.trim()}`
    : 'expected a URI such as mailto:reports@example.org';
}

const shown = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
