/** The frames between a pool and its workers: what is written is read, and foreign bytes are refused. */
import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { SerializationError } from "../../src/base/errors.ts";
import * as protocol from "../../src/pool/protocol.ts";

const items = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 });
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const plain = (all: Uint8Array[]) => all.map((bytes) => [...bytes]);

test("a task frame carries its items, its function and its number", () => {
  fc.assert(fc.property(items, u32, u32, fc.integer({ min: 0, max: 3 }), (all, task, fn, mode) => {
    const frame = protocol.taskFrame(mode, all);
    protocol.addressTask(frame, task, fn);
    const read = protocol.readTask(frame);
    assert.deepEqual([read.task, read.fn, read.mode, plain(read.items)], [task, fn, mode, plain(all)]);
  }));
});

test("a task frame can lose its first items", () => {
  fc.assert(fc.property(items, fc.nat(), (all, n) => {
    const count = n % (all.length + 1);
    const rest = protocol.withoutFirst(protocol.taskFrame(2, all), count);
    assert.deepEqual(plain(protocol.readTask(rest).items), plain(all.slice(count)));
  }));
});

test("a results frame carries outcomes in order", () => {
  fc.assert(fc.property(items, u32, (all, task) => {
    const statuses = all.map((bytes) => bytes.length % 2);
    const frame = protocol.resultsFrame(task, statuses, all);
    const read: [number, number[]][] = [];
    protocol.readResults(frame, (status, outcome) => read.push([status, [...outcome]]));
    assert.equal(protocol.taskOfResults(frame), task);
    assert.deepEqual(read, all.map((bytes, i) => [statuses[i], [...bytes]]));
  }));
});

test("a function frame carries its reference", () => {
  fc.assert(fc.property(fc.uint8Array(), u32, (reference, id) => {
    const read = protocol.readFunction(protocol.functionFrame(id, reference));
    assert.deepEqual([read.id, [...read.reference]], [id, [...reference]]);
  }));
});

test("a cancellation carries its reason, a report its item and its value", () => {
  fc.assert(fc.property(fc.uint8Array(), u32, u32, (bytes, task, item) => {
    const cancelled = protocol.readCancel(protocol.cancelFrame(task, bytes));
    assert.deepEqual([cancelled.task, [...cancelled.reason]], [task, [...bytes]]);
    const report = protocol.readReport(protocol.reportFrame(task, item, bytes));
    assert.deepEqual([report.task, report.item, [...report.value]], [task, item, [...bytes]]);
  }));
});

test("foreign bytes are read as something or refused with a SerializationError, never anything else", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
    for (
      const read of [
        protocol.readTask,
        protocol.readFunction,
        protocol.readCancel,
        protocol.readReport,
        protocol.taskOfResults,
        (b: Uint8Array) => protocol.readResults(b, () => {}),
      ]
    ) {
      try {
        read(bytes);
      } catch (error) {
        assert.ok(error instanceof SerializationError);
      }
    }
  }));
});
