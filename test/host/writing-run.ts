/**
 * A run in a process of its own: `writing-run.js ROOT GENERATION DIE-AT` writes the generation into every file of ROOT in one
 * transaction and kills itself (SIGKILL) before mutating call number DIE-AT.
 */
import type { FileSystem, OpenFile } from '../../src/host/host.ts';
import { realHost } from '../../src/host/real.ts';
import { withTransaction } from '../../src/host/transaction.ts';

const [root, generation, dieAt] = process.argv.slice(2);
let calls = 0;

function counted<T extends (...args: never[]) => unknown>(call: T): T {
  return ((...args: never[]) => {
    if (++calls === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
    return call(...args);
  }) as T;
}

const real = realHost();
const { files } = real;
const dying: FileSystem = {
  ...files,
  makeFolder: counted(files.makeFolder),
  writeNew: counted(files.writeNew),
  rename: counted(files.rename),
  renameNew: counted(files.renameNew),
  remove: counted(files.remove),
  syncFiles: counted(files.syncFiles),
  syncFolder: counted(files.syncFolder),
  create: counted((path: string, mode?: number): OpenFile => {
    const file = files.create(path, mode);
    return { ...file, write: counted(file.write), close: counted(file.close) };
  }),
};

run();
async function run() {
  await withTransaction({ ...real, files: dying }, root, async (tx) => {
    tx.writeKey(`${root}/keys/K${generation}.private`, Buffer.from(`private ${generation}`));
    for (const name of ['build/a.zone', 'build/b.zone', 'keys/journal.json']) {
      tx.stageWhole(`${root}/${name}`, Buffer.from(`${name} ${generation}`));
    }
    if (Number(generation) % 2 === 0) tx.remove(`${root}/build/odd`);
    else tx.stageWhole(`${root}/build/odd`, Buffer.from(`build/odd ${generation}`));
    const commit = await tx.commit();
    if (commit.kind !== 'committed') throw new Error(commit.message);
  });
  process.stdout.write(`${calls}\n`);
}
