/** MX targets that are something else than the name of a host, as people write them. */
import { isAtOrBelow, labelsOf, type Name } from './name.ts';

/** Why the target is no host; undefined where it may be one. A sentence without its subject. */
export function noHost(target: Name, apex: Name): string | undefined {
  const labels = labelsOf(target);
  const last = labels[labels.length - 1] ?? '';
  // No top-level domain is a number (RFC 3696 section 2), and none has a colon.
  if (isNumber(last) || last.includes(':')) return 'is an address and no name';
  if (!isAtOrBelow(target, apex)) return labels.length === 1 ? 'is a single label: a top-level domain' : undefined;
  const inner = labels.slice(0, labels.length - labelsOf(apex).length);
  const text = inner.join('.');
  if (inner.length >= 4 && inner.slice(-4).every(isNumber))
    return `is the address ${inner.slice(-4).join('.')} inside ${apex}`;
  if (text.includes(':')) return `is the address ${text} inside ${apex}`;
  const plain = apex.slice(0, -1);
  if (text === plain || text.endsWith(`.${plain}`))
    return `has ${plain} twice: the final dot is missing behind ${text}`;
  return undefined;
}

const isNumber = (label: string) => /^[0-9]+$/.test(label);
