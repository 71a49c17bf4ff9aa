/**
 * The bytes of the format, in one place. A message is
 *
 *     header, [table of references], value
 *
 * where a value starts with one byte: a small number, string, array or object by itself, or one of the tags below. Counts,
 * lengths and indices are unsigned LEB128 ("varuint"), fixed numbers are little-endian. Every object that can be met twice takes the
 * next index of the identity table when its first byte is met, on both sides.
 *
 * @module
 */

/** High half of the header byte. */
export const VERSION = 0x10;
/** Header flag: a table of references comes before the value. */
export const HAS_REFERENCES = 0x01;
/** Header flag: something is met twice, so the reader must keep the identity table. */
export const HAS_IDENTITY = 0x02;

/** `0x00` to `0x7f`: the integers 0 to 127. */
export const MAX_TINY_INT = 0x7f;
/** `0x80` to `0x9f`: a Latin-1 string of 0 to 31 characters. */
export const SHORT_STRING = 0x80;
/** `0xa0` to `0xaf`: an array of 0 to 15 elements. */
export const SHORT_ARRAY = 0xa0;
/** `0xb0` to `0xbf`: an object of 0 to 15 keys; keys, then values. It takes the next shape index (see shapes.ts). */
export const SHORT_OBJECT = 0xb0;
/** `0xc0` to `0xc7`: an object of shape 0 to 7; values. */
export const SHORT_SHAPE = 0xc0;

/** A `Uint8Array` that is the whole of its fixed buffer: length, bytes. Takes two identities, the view's and the buffer's. */
export const BYTES = 0xc8;
/** A `SharedArrayBuffer`: index of a reference. */
export const SHARED_BUFFER = 0xc9;
/** A function in a property of an error: index of a reference, text for when it is not found. */
export const FUNCTION_OR_TEXT = 0xca;
/** A `DOMException`: message, name, then as {@linkcode ERROR} from the stack on. */
export const DOM_EXCEPTION = 0xcb;
/** A shared object of a class that extends this library's: index of the class's reference, then as {@linkcode HANDLE}, its own properties. */
export const HANDLE_OF_CLASS = 0xcc;

export const UNDEFINED = 0xd0;
export const NULL = 0xd1;
export const FALSE = 0xd2;
export const TRUE = 0xd3;
/** Instead of a property's value: the property was gone when its turn came. */
export const ABSENT = 0xd4;
export const UINT8 = 0xd5;
export const INT16 = 0xd6;
export const INT32 = 0xd7;
export const FLOAT64 = 0xd8;
/** A bigint that fits 64 bits, signed. */
export const BIGINT64 = 0xd9;
/** Any other bigint: 0 or 1 (negative), length, bytes of the magnitude from the highest on. */
export const BIGINT = 0xda;
/** A Latin-1 string: length, one byte per character. */
export const LATIN1 = 0xdb;
/** A string: length, two bytes per UTF-16 unit. Keeps lone surrogates. */
export const UTF16 = 0xdc;
/** A well-formed string: number of bytes, UTF-8. */
export const UTF8 = 0xdd;
/** An object met before: its identity. */
export const BACK = 0xde;
/** An array without holes and without further properties: length, elements. */
export const ARRAY = 0xdf;
/** Any other array: length, number of elements, (index, value) each, number of further properties, (key, value) each. */
export const SPARSE_ARRAY = 0xe0;
/** An object: number of keys, keys, values. */
export const OBJECT = 0xe1;
/** An object of a shape met before: index of the shape, values. */
export const SHAPE = 0xe2;
/** Before an object: its prototype is `null`. */
export const NULL_PROTOTYPE = 0xe3;
export const MAP = 0xe4;
export const SET = 0xe5;
export const DATE = 0xe6;
/** Source, flags: two strings. */
export const REGEXP = 0xe7;
/** An `ArrayBuffer`: length, bytes. */
export const BUFFER = 0xe8;
/** A resizable `ArrayBuffer`: length, maximal length, bytes. */
export const RESIZABLE_BUFFER = 0xe9;
/** A view: kind (index in `viewClasses`, plus {@linkcode TRACKS_LENGTH}), buffer, byte offset, length unless it tracks the buffer's. */
export const VIEW = 0xea;
/** Index of a reference. */
export const FUNCTION = 0xeb;
/** Class (one of the three below), stack or undefined, hidden properties, enumerable properties: count, (key, value) each. */
export const ERROR = 0xec;
/** A `Boolean`, `Number`, `String` or `BigInt` object: its primitive. */
export const BOXED = 0xed;
/** An instance whose class has a reducer: index of the class's reference, state. */
export const INSTANCE = 0xee;
/** A shared object of this library: name of its type, state. */
export const HANDLE = 0xef;
/** `0xf0` to `0xff`: the integers -16 to -1. */
export const TINY_NEGATIVE = 0xf0;

/** Class of an error: built in or ours, by name. */
export const ERROR_NAMED = 0;
/** Class of an error: index of an optional reference, then the name to use when it is not found. */
export const ERROR_OF_CLASS = 1;
/** Class of an error: none that could travel, only the name. */
export const ERROR_NAME_ONLY = 2;

/** In the kind of a view: it grows and shrinks with its resizable buffer. */
export const TRACKS_LENGTH = 0x80;

/** First byte of a key that is not Latin-1 of at most 127 characters; a string value follows. */
export const LONG_KEY = 0x80;

/** Entry of the reference table: a function or class. Then length, a message without references. */
export const REFERENCE_FUNCTION = 0;
/** Entry of the reference table: a shared buffer. */
export const REFERENCE_MEMORY = 1;
/** Entry of the reference table: the name of a group of handle types, which the reader has to load first. */
export const REFERENCE_HANDLES = 2;
/** Flag of an entry: the value can be read without it (the class of an error). */
export const REFERENCE_OPTIONAL = 0x10;
/** Flag of an optional entry: the sender found no reference after all; nothing follows. */
export const REFERENCE_MISSING = 0x20;

/** The deepest nesting of values that is written, and by default read. */
export const MAX_DEPTH = 10_000;
/** A shape has at most this many keys, and a message registers at most {@linkcode MAX_SHAPES}. */
export const MAX_SHAPE_KEYS = 32;
export const MAX_SHAPES = 64;
