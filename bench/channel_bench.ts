/**
 * What a channel costs: the round trip of a small frame, and small frames per second when many are in flight.
 * Run it with a runtime: `deno run -A bench/channel_bench.ts`.
 *
 * @module
 */
import { HIGH_WATER_MARK } from "../src/connection/channel.ts";
import type { Channel } from "../src/connection/channel.ts";
import { runtime } from "../src/runtime/runtime.ts";
import { command, localPair, processPeer, threadPeer } from "../tests/connection/fixtures/channel_bindings.ts";

const ROUND_TRIPS = 5000;
const IN_FLIGHT = 200_000;
const SMALL = new Uint8Array(64);
const LARGE = new Uint8Array(1 << 20);

/** Sends the next frame when the last one is back; microseconds each. */
async function roundTrip(channel: Channel, frame: Uint8Array, times: number): Promise<number> {
  const start = performance.now();
  await new Promise<void>((resolve) => {
    let left = times;
    channel.onFrame(() => --left === 0 ? resolve() : channel.send(frame));
    channel.send(frame);
  });
  return (performance.now() - start) / times * 1000;
}

/** Sends as many as `drained()` allows; frames per second there and back. */
async function throughput(channel: Channel): Promise<number> {
  const start = performance.now();
  let left = IN_FLIGHT;
  const done = new Promise<void>((resolve) => channel.onFrame(() => --left === 0 && resolve()));
  for (let i = 0; i < IN_FLIGHT; i++) {
    channel.send(SMALL);
    if (channel.bufferedAmount >= HIGH_WATER_MARK) await channel.drained();
  }
  await done;
  return IN_FLIGHT / (performance.now() - start) * 1000;
}

async function measure(flavor: string, channel: Channel): Promise<void> {
  await roundTrip(channel, SMALL, ROUND_TRIPS); // warm-up
  const small = await roundTrip(channel, SMALL, ROUND_TRIPS);
  const large = await roundTrip(channel, LARGE, 100);
  const rate = await throughput(channel);
  const columns = [`${small.toFixed(1)} µs`, `${(large / 1000).toFixed(2)} ms for 1 MiB`, `${Math.round(rate / 1000)} thousand/s`];
  console.log(`${runtime.name} ${runtime.version} ${flavor.padEnd(9)} ${columns.join("   ")}`);
  channel.close();
  await channel.closed;
}

const [near, far] = localPair();
far.onFrame((frame) => far.send(frame));
await measure("loopback", near);
for (const [flavor, start] of [["port", threadPeer], ["socket", processPeer]] as const) {
  const peer = await start();
  peer.channel.send(command("echo"));
  await measure(flavor, peer.channel);
  await peer.ended;
}
