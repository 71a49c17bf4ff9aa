/** The battery on cells in memory that only threads share, also where memory could be mapped. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { arrayOn } from "../../src/sharedctypes/array.ts";
import { MemoryCells } from "../../src/sharedctypes/memory_cells.ts";
import { type Cells, storedElements, type Typecode } from "../../src/sharedctypes/typecodes.ts";
import { valueOn } from "../../src/sharedctypes/value.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { holdSync } from "./fixtures/units.ts";
import { type Kinds, sharedBattery } from "./shared_battery.ts";

function cells(type: string, typecode: Typecode, given: unknown, lock: boolean): MemoryCells<Typecode> {
  const contents: number | Cells = typeof given === "number" ? given : storedElements(typecode, given as Iterable<never>, "make it");
  return MemoryCells.create(type, typecode, contents, lock, "threads");
}

// Their constructors give objects of the library's own classes.
class Value {
  constructor(typecode: Typecode, value: unknown = 0, options: { lock?: mp.RLock | boolean } = {}) {
    const { lock = true } = options;
    if (typeof lock !== "boolean") return new mp.Value(typecode, value as number, { lock });
    return valueOn(cells("Value", typecode, [value], lock)) as unknown as Value;
  }
}

class SharedArray {
  constructor(typecode: Typecode, sizeOrInitializer: unknown, options: { lock?: mp.RLock | boolean } = {}) {
    const { lock = true } = options;
    if (typeof lock !== "boolean") return new mp.Array(typecode, sizeOrInitializer as number, { lock });
    return arrayOn(cells("Array", typecode, sizeOrInitializer, lock)) as unknown as SharedArray;
  }
}

class RawValue extends Value {
  constructor(typecode: Typecode, value?: unknown) {
    super(typecode, value, { lock: false });
  }
}

class RawArray extends SharedArray {
  constructor(typecode: Typecode, sizeOrInitializer: unknown) {
    super(typecode, sizeOrInitializer, { lock: false });
  }
}

const kinds = { Value, Array: SharedArray, RawValue, RawArray } as unknown as Kinds;

sharedBattery("thread", kinds);

test("cells of threads, and those beside their lock, are a SharedArrayBuffer, the same one in what comes back", async () => {
  const value = new kinds.Value("i", 1);
  const beside = new mp.Value("d", 2, { lock: value.getLock() });
  assert.ok(value.view.buffer instanceof SharedArrayBuffer && beside.view.buffer instanceof SharedArrayBuffer);
  const queue = new mp.Queue<mp.Value<"i">>();
  await queue.put(value);
  const back = await queue.get();
  assert.equal(back.view.buffer, value.view.buffer);
  back.getLock().acquireSync();
  assert.equal(value.getLock().acquireSync({ timeout: 0 }), true);
  value.getLock().releaseSync();
  back.getLock().releaseSync();
  assert.equal(await beside.add(1), 3);
});

test("cells of threads cannot be sent to a process, which is told what can", async () => {
  const { Process, Event } = mp.getContext("spawn");
  const child = new Process({ target: holdSync, args: [new kinds.Value("i"), new Event(), new Event()] });
  await assert.rejects(child.start(), {
    name: "SerializationError",
    message:
      /shared memory travels only between threads of one process, received a SharedArrayBuffer\nShare a Value or an Array of mp.getContext\("spawn"\)/,
  });
});

leavesNothingBehind(() => mp.activeChildren().map(String));
