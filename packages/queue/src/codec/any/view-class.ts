/** The class of a kind of view, as this engine has it. */
export interface ViewClass {
  /** Absent from a DataView. */
  readonly BYTES_PER_ELEMENT?: number;
  new (buffer: ArrayBuffer, byteOffset: number, length?: number): ArrayBufferView;
}

/** The class of that name; undefined where the engine does not know it (Float16Array before 2025). */
export const viewClass = (name: string): ViewClass | undefined =>
  (globalThis as unknown as Record<string, ViewClass | undefined>)[name];

/** Bytes of one element of a view of that class; of a DataView, and where the class is not known, 1. */
export const elementBytes = (View: ViewClass | undefined): number => View?.BYTES_PER_ELEMENT ?? 1;
