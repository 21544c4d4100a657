/** Times in JSON for programs: ISO 8601, where values inside have Unix seconds. */

/** Fields that are times wherever they stand in a plan or a proof; durations have other names. */
const times: ReadonlySet<string> = new Set([
  'from',
  'until',
  'at',
  'latest',
  'undoUntil',
  'built',
  'since',
  'heldUntil',
]);

/** A copy with every time as text. */
export function withIsoTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withIsoTimes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [
      key,
      times.has(key) && typeof item === 'number' ? new Date(item * 1000).toISOString() : withIsoTimes(item),
    ]),
  );
}
