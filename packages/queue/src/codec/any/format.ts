/**
 * The format of the codec `'any'`. A value is one byte of tag and what the tag says:
 *
 * ```
 *   1nnnnnnn   the integer n, 0…127
 *   01nnnnnn   a string of n bytes (0…63), one per UTF-16 unit, all units below 256
 *   00tttttt   one of TAG:
 *
 *   undefined null true false hole              nothing more
 *   int32      4 bytes                          float64   8 bytes
 *   bigInt64   8 bytes                          bigInt    sign byte, magnitude in hexadecimal as a string
 *   utf8       count of bytes, UTF-8            utf16     count of units, 2 bytes each (lone surrogates)
 *   reference  count: the n-th object met so far, in order of their tags
 *   deferred   shell byte (one of SHELL): an object whose contents follow after the root value
 *   array      count, that many values          sparse    length, count, that many (key, value)
 *   object     count, that many (key, value)    map       count, that many (key, value)
 *   set        count, that many values
 *   date       8 bytes                          regExp    source, flags
 *   number string boolean bigIntObject          boxed: the primitive
 *   buffer     count, bytes                     resizable count, maximum, bytes
 *   bigBuffer  count, padding, bytes            (padding: `ByteWriter.padding`)
 *   view       kind byte (index in VIEW_NAMES), flag byte (1: tracks the length), offset, length, a buffer
 *   error      class byte (index in ERROR_NAMES), flag byte (ERROR_FLAG), the flagged values in order of
 *              their bits, count, that many (key, value): the enumerable fields.
 *              After the class byte of a DOMException, here and in a shell: the name and message it is made with;
 *              so it is for a QuotaExceededError, and then come its quota and what was requested, number or null
 * ```
 *
 * `count` is `ByteWriter.count`. Objects nest at most MAX_DEPTH deep in the bytes; what lies deeper is
 * `deferred`, so neither side needs a deep stack for a long linked list.
 */
export const TAG = {
  undefined: 0x00,
  null: 0x01,
  true: 0x02,
  false: 0x03,
  hole: 0x04,
  int32: 0x05,
  float64: 0x06,
  bigInt64: 0x07,
  bigInt: 0x08,
  utf8: 0x09,
  utf16: 0x0a,
  reference: 0x0b,
  deferred: 0x0c,
  array: 0x10,
  sparse: 0x11,
  object: 0x12,
  map: 0x13,
  set: 0x14,
  date: 0x18,
  regExp: 0x19,
  number: 0x1a,
  string: 0x1b,
  boolean: 0x1c,
  bigIntObject: 0x1d,
  buffer: 0x20,
  resizable: 0x21,
  view: 0x22,
  error: 0x23,
  bigBuffer: 0x24,
  /** Added to the length of a short string. */
  shortText: 0x40,
  /** Added to a small integer. */
  smallInt: 0x80,
} as const;

/** Longest string that fits the `shortText` tags. */
export const MAX_SHORT_TEXT = 63;

/** Nesting written in place; deeper objects are deferred. Small, so that it fits what is left of any stack. */
export const MAX_DEPTH = 96;

/** What to make of a deferred object before its contents are known; ERROR + class for errors. */
export const SHELL = { object: 0, array: 1, map: 2, set: 3, error: 16 } as const;

/** Kinds of view by their byte in the format: append only. */
export const VIEW_NAMES: readonly string[] = [
  'Uint8Array',
  'Int8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'DataView',
  'Float16Array',
];

/** Classes of error by their byte in the format: append only. */
export const ERROR_NAMES: readonly string[] = [
  'Error',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
  'DOMException',
  'QuotaExceededError',
  'SuppressedError',
];

/** The class of error that never changes the name and message it was made with, and has its `code` from the name. */
export const DOM_EXCEPTION = ERROR_NAMES.indexOf('DOMException');

/** The one class that extends it, with slots of its own. */
export const QUOTA_EXCEEDED = ERROR_NAMES.indexOf('QuotaExceededError');

/** Whether errors of a class are DOMExceptions, whose name and message follow the byte of the class. */
export const isExceptionClass = (index: number): boolean =>
  index === DOM_EXCEPTION || index === QUOTA_EXCEEDED;

/** Own properties of an error that are not enumerable, and its class name where that is not built in. */
export const ERROR_FLAG = {
  name: 1,
  message: 2,
  stack: 4,
  cause: 8,
  errors: 16,
  error: 32,
  suppressed: 64,
} as const;

/** The flagged properties that hold any value, in the order they are written. */
export const ERROR_VALUES = ['cause', 'errors', 'error', 'suppressed'] as const;
