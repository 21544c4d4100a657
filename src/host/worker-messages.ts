/** What crosses between the main thread and a worker. */

/** To a worker. `task` is one call of `map`; the parts of several may be under way at once. */
export type Order =
  | { readonly kind: 'prepare'; readonly task: number; readonly job: string; readonly shared: unknown }
  | { readonly kind: 'part'; readonly task: number; readonly index: number; readonly part: unknown }
  | { readonly kind: 'forget'; readonly task: number };

/** From a worker, in the order of the parts that it was given. */
export type Answer =
  | { readonly kind: 'result'; readonly task: number; readonly index: number; readonly result: unknown }
  | { readonly kind: 'failure'; readonly task: number; readonly index: number; readonly error: Failure };

export interface Failure {
  readonly message: string;
  readonly stack?: string;
}

/**
 * A result and the memory that moves with it instead of being copied. A view on the whole of its buffer gives the buffer
 * away: a job must not use again what it returned. A view on a part is copied first, since a clone would take the whole
 * buffer along; what is on a SharedArrayBuffer stays shared.
 */
export function packed(value: unknown): { readonly value: unknown; readonly transfer: ArrayBuffer[] } {
  const transfer = new Set<ArrayBuffer>();
  const pack = (of: unknown): unknown => {
    if (of === null || typeof of !== 'object') return of;
    if (ArrayBuffer.isView(of)) return packView(of, transfer);
    if (Array.isArray(of)) return of.every((item) => typeof item !== 'object') ? of : of.map(pack);
    const prototype: unknown = Object.getPrototypeOf(of);
    if (prototype !== Object.prototype && prototype !== null) return of;
    return Object.fromEntries(Object.entries(of).map(([key, item]) => [key, pack(item)]));
  };
  return { value: pack(value), transfer: [...transfer] };
}

type TypedArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array | BigInt64Array | BigUint64Array;

function packView(view: ArrayBufferView, transfer: Set<ArrayBuffer>): ArrayBufferView {
  const { buffer } = view;
  if (!(buffer instanceof ArrayBuffer)) return view;
  if (view.byteLength === buffer.byteLength) {
    transfer.add(buffer);
    return view;
  }
  if (view instanceof DataView) return view;
  // A Buffer's own `slice` would be a view again.
  const of = Buffer.isBuffer(view) ? new Uint8Array(view) : (view as TypedArray).slice();
  transfer.add(of.buffer as ArrayBuffer);
  return of;
}
