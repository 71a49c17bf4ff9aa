/**
 * The names that a self-contained function may use without having made them.
 *
 * @module
 */

/** Globals of the language: every runtime has them. */
export const languageGlobals: ReadonlySet<string> = new Set(
  ("undefined NaN Infinity globalThis eval isFinite isNaN parseFloat parseInt decodeURI decodeURIComponent encodeURI encodeURIComponent " +
    "escape unescape Object Function Boolean Symbol Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError " +
    "Number BigInt Math Date String RegExp Array Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array " +
    "BigInt64Array BigUint64Array Float32Array Float64Array Map Set WeakMap WeakSet WeakRef FinalizationRegistry ArrayBuffer " +
    "SharedArrayBuffer DataView Atomics JSON Promise Proxy Reflect Intl WebAssembly " +
    // Helpers of the runtimes' own that all three have in every unit, in all versions that this library runs on.
    "console setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate queueMicrotask structuredClone " +
    "URL URLSearchParams TextEncoder TextDecoder AbortController AbortSignal Event EventTarget performance fetch Blob crypto atob btoa " +
    "process Buffer global")
    .split(" "),
);

/** Globals that some runtime or some version lacks: looked for again in the unit that runs the function. */
const particular = new Set(
  ("Deno Bun navigator self Iterator AsyncIterator Float16Array Temporal SuppressedError DisposableStack AsyncDisposableStack DOMException " +
    "MessageChannel MessagePort MessageEvent BroadcastChannel Worker WebSocket WebSocketStream EventSource CustomEvent ErrorEvent CloseEvent " +
    "PromiseRejectionEvent ProgressEvent Headers Request Response FormData File FileReader CompressionStream DecompressionStream " +
    "TextEncoderStream TextDecoderStream ReadableStream ReadableStreamDefaultReader ReadableStreamBYOBReader ReadableStreamBYOBRequest " +
    "ReadableStreamDefaultController ReadableByteStreamController WritableStream WritableStreamDefaultWriter WritableStreamDefaultController " +
    "TransformStream TransformStreamDefaultController ByteLengthQueuingStrategy CountQueuingStrategy Crypto CryptoKey SubtleCrypto " +
    "Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver Storage localStorage sessionStorage caches Cache " +
    "CacheStorage URLPattern ImageData reportError gc HTMLRewriter ShadowRealm Navigator")
    .split(" "),
);

/** Whether a name is one of the globals of a runtime, and of which kind. */
export function globalKind(name: string): "language" | "particular" | null {
  if (languageGlobals.has(name)) return "language";
  return particular.has(name) || isBuiltinClass(name) ? "particular" : null;
}

/** A global newer than these lists. What a program adds to `globalThis` itself is enumerable, and no other unit has it. */
function isBuiltinClass(name: string): boolean {
  return /^[A-Z]/.test(name) && Object.hasOwn(globalThis, name) && !Object.prototype.propertyIsEnumerable.call(globalThis, name);
}
