/** For whom the broker keeps shared buffers, and for how long. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { BufferBroker } from "../../src/reference/buffer_broker.ts";
import { sentOnce } from "../../src/reference/shared_buffers.ts";

function brokerWithOne(): { broker: BufferBroker; buffer: SharedArrayBuffer; kept: () => number } {
  const broker = new BufferBroker();
  const buffer = new SharedArrayBuffer(8);
  broker.add("a", buffer);
  return { broker, buffer, kept: () => broker.counts.kept };
}

test("a buffer is kept while a message with it is under way", () => {
  const { broker, buffer, kept } = brokerWithOne();
  broker.send("a", "first");
  broker.send("a", "second");
  broker.settle("a", "first");
  broker.settle("a", "first");
  assert.equal(kept(), 1);
  broker.settle("a", "second");
  assert.equal(kept(), 0);
  assert.equal(broker.find("a"), buffer);
});

test("a buffer is kept for every object of another unit that is it", () => {
  const { broker, kept } = brokerWithOne();
  const [one, other] = [{}, {}];
  broker.hold("a", one);
  broker.hold("a", one);
  broker.hold("a", other);
  broker.letGo("a", other);
  broker.letGo("a", one);
  assert.equal(kept(), 1);
  broker.letGo("a", one);
  assert.equal(kept(), 0);
  broker.hold("a", one);
  assert.equal(kept(), 1);
});

test("a unit that ends lets go of everything, but what it sent stays for its receivers", () => {
  const { broker, kept } = brokerWithOne();
  const unit = {};
  broker.hold("a", unit);
  broker.send("a", "message");
  broker.leave(unit);
  assert.equal(kept(), 1);
  broker.settle("a", "message");
  assert.equal(kept(), 0);
});

test("a message that may be decoded again keeps its buffers for ever", () => {
  const { broker, kept } = brokerWithOne();
  broker.send("a", null);
  broker.send("a", "message");
  broker.settle("a", "message");
  assert.equal(kept(), 1);
});

test("what it does not know it does not mind", () => {
  const { broker, kept } = brokerWithOne();
  broker.send("b", "message");
  broker.settle("b", "message");
  broker.hold("b", {});
  broker.letGo("b", {});
  assert.equal(broker.find("b"), null);
  assert.equal(kept(), 1);
});

test("a reference that is none, or to a buffer that nobody has, is refused", () => {
  for (const reference of [null, 3, {}, { pid: process.pid, id: 1, parcel: null }, { pid: process.pid, id: "a" }]) {
    assert.throws(() => sentOnce.resolve(reference), {
      name: "SerializationError",
      message: "Cannot receive a SharedArrayBuffer: its reference is none of this version of the library",
    });
  }
  assert.throws(
    () => sentOnce.resolve({ pid: process.pid, id: "unheard of", parcel: null }),
    /received one that no unit of this process has any more/,
  );
  assert.throws(() => sentOnce.resolve({ pid: process.pid + 1, id: "a", parcel: null }), /received one of the process \d+/);
});
