/** Times as people and DNSSEC write them; inside, a time is whole Unix seconds. */

/** Unix seconds of `1767225600`, `20260101000000` (UTC, RFC 4034 section 3.2), `2026-01-01` or ISO 8601; else undefined. */
export function parseTime(text: string): number | undefined {
  if (/^[0-9]{14}$/.test(text)) {
    const [year, month, day, hour, minute, second] = [0, 4, 6, 8, 10, 12].map((at) =>
      Number(text.slice(at, at === 0 ? 4 : at + 2)),
    );
    const time = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
    return dnssecTime(time) === text ? time : undefined;
  }
  if (/^[0-9]{1,11}$/.test(text)) return Number(text);
  if (
    !/^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?$/.test(
      text,
    )
  ) {
    return undefined;
  }
  // Without a zone, ECMAScript reads a time as local: a build must not depend on the machine, so it is UTC here.
  const zoned = /(?:Z|[+-][0-9]{2}:?[0-9]{2})$/.test(text.slice(10)) || text.length === 10 ? text : `${text}Z`;
  // Date.parse takes 30 February for 2 March.
  const day = `${text.slice(0, 10)}T00:00:00.000Z`;
  const midnight = Date.parse(day);
  if (Number.isNaN(midnight) || new Date(midnight).toISOString() !== day) return undefined;
  const milliseconds = Date.parse(zoned.replace(' ', 'T'));
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}

/** YYYYMMDDHHMMSS in UTC. */
export function dnssecTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/[-:T]|\.[0-9]+Z$/g, '');
}

/** `2026-01-01 00:00:00Z`, for people. */
export function readableTime(seconds: number): string {
  return new Date(seconds * 1000)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.[0-9]+Z$/, 'Z');
}
