/**
 * The files and errors of one zone, host or policy, gathered from all that it uses: what it depends on, and why it
 * cannot be built.
 */
import type { Problem } from '../text/problem.ts';
import type { Declaration } from './declarations.ts';

export class Ties {
  readonly files = new Set<string>();
  readonly errors = new Set<Problem>();

  add(other: { readonly errors?: Iterable<Problem>; readonly files?: Iterable<string> }): void {
    for (const file of other.files ?? []) this.files.add(file);
    for (const error of other.errors ?? []) this.errors.add(error);
  }

  addDeclaration(declaration: Declaration): void {
    this.add({ errors: declaration.faults, files: declaration.files });
  }
}
