/** The past of certificate files, for the explanation of records that match nothing. */
import { join } from 'node:path';
import type { EarlierVersion, Host } from '../host/host.ts';

/** Files whose history is read in one run: each takes some milliseconds. */
const maxFiles = 20;

/** By path from `root`; each file is asked once, and of many only the first. */
export function earlierVersions(host: Host, root: string): (path: string) => readonly EarlierVersion[] {
  const known = new Map<string, readonly EarlierVersion[]>();
  return (path) => {
    let versions = known.get(path);
    if (versions === undefined) {
      versions = known.size < maxFiles ? host.earlierVersions(join(root, path)) : [];
      known.set(path, versions);
    }
    return versions;
  };
}
