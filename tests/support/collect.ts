/** Calling the collector. */
import v8 from "node:v8";
import vm from "node:vm";

/** Collects what nothing refers to, and lets finalizers run. On Bun nothing calls the collector: large buffers bring it along, perhaps. */
export async function collect(): Promise<void> {
  const gc = collector();
  for (let i = 0; i < 20; i++) {
    if (gc === null) new Uint8Array(2_000_000).fill(1);
    else if (i % 10 === 0) gc();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function collector(): (() => void) | null {
  try {
    v8.setFlagsFromString("--expose-gc");
    return vm.runInNewContext("gc");
  } catch {
    return null; // Bun has neither.
  }
}
