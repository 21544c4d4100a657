/**
 * The new content of one target, before the commit. What is small is held in memory until it is whole: where the target has this
 * very content already, no file is made of it at all. The rest goes into a file beside the target, which is synced at the commit:
 * many files that were written before the first sync take hardly longer than one.
 */
import { createHash } from 'node:crypto';
import { sha256 } from '../crypto/digest.ts';
import { hex, type Octets } from '../text/octets.ts';
import type { FileFacts, FileSystem, OpenFile } from './host.ts';
import { removeIfThere } from './recover.ts';
import type { StagedFile } from './transaction.ts';

/** Octets. */
const heldInMemory = 1 << 20;

type State =
  | { readonly kind: 'memory'; readonly chunks: Octets[] }
  | { readonly kind: 'writing'; readonly file: OpenFile; readonly path: string }
  | { readonly kind: 'file'; readonly path: string }
  /** The target has this content, as the file that these facts describe. */
  | { readonly kind: 'standing'; readonly facts: FileFacts }
  | { readonly kind: 'dropped' };

export interface StageOwner {
  /** A new path beside a target. */
  beside(target: string): string;
  /** The target stays as it is. */
  forget(target: string): void;
}

export class Stage implements StagedFile {
  readonly #files: FileSystem;
  readonly #target: string;
  readonly #mode: number;
  readonly #transaction: StageOwner;
  readonly #hash = createHash('sha256');
  #state: State = { kind: 'memory', chunks: [] };
  #size = 0;
  #digest = '';

  constructor(files: FileSystem, target: string, mode: number, transaction: StageOwner) {
    this.#files = files;
    this.#target = target;
    this.#mode = mode;
    this.#transaction = transaction;
  }

  /** The file that is to be renamed; undefined where nothing is to be done. The stage must be closed. */
  get path(): string | undefined {
    if (this.isOpen) throw new Error(`the stage of ${this.#target} is still open`);
    return this.#state.kind === 'file' ? this.#state.path : undefined;
  }

  get isOpen(): boolean {
    return this.#state.kind === 'memory' || this.#state.kind === 'writing';
  }

  write(octets: Octets): void {
    this.#hash.update(octets);
    this.#size += octets.length;
    if (this.#state.kind === 'memory' && this.#size <= heldInMemory) {
      // A copy: the caller may use its memory again.
      this.#state.chunks.push(Uint8Array.prototype.slice.call(octets));
    } else {
      this.#writing().file.write(octets);
    }
  }

  close(): void {
    this.#digest = this.#hash.digest('hex');
    const facts = this.#standing();
    if (facts !== undefined) {
      this.drop();
      this.#state = { kind: 'standing', facts };
    } else {
      const { file, path } = this.#writing();
      file.abandon();
      this.#state = { kind: 'file', path };
    }
  }

  abandon(): void {
    this.drop();
    this.#transaction.forget(this.#target);
  }

  digest(): string {
    return this.#digest;
  }

  read(): Octets {
    return this.#files.read(this.path ?? this.#target);
  }

  /** Whether what was staged is still what the commit would put in place, or would leave. */
  isIntact(): boolean {
    if (this.#state.kind !== 'standing') return this.#files.facts(this.path!)?.size === this.#size;
    const { inode, modified, size } = this.#state.facts;
    const now = this.#files.facts(this.#target);
    return now?.inode === inode && now.modified === modified && now.size === size;
  }

  /** Takes the stage back. */
  drop(): void {
    const state = this.#state;
    this.#state = { kind: 'dropped' };
    if (state.kind === 'writing') state.file.abandon();
    if (state.kind === 'writing' || state.kind === 'file') removeIfThere(this.#files, state.path);
  }

  /** The file under way, with what was held in memory so far. */
  #writing(): State & { kind: 'writing' } {
    if (this.#state.kind === 'writing') return this.#state;
    if (this.#state.kind !== 'memory') throw new Error(`the stage of ${this.#target} is closed`);
    const { chunks } = this.#state;
    const path = this.#transaction.beside(this.#target);
    const state: State = { kind: 'writing', file: this.#files.create(path, this.#mode), path };
    this.#state = state;
    for (const chunk of chunks) state.file.write(chunk);
    return state;
  }

  #standing(): FileFacts | undefined {
    const facts = this.#files.facts(this.#target);
    if (facts?.kind !== 'file' || facts.size !== this.#size) return undefined;
    return hex(sha256(this.#files.read(this.#target))) === this.#digest ? facts : undefined;
  }
}
