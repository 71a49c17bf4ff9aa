/** Maps memory, and prints why it cannot. */
import { SharedMemory } from "@fenshen/multiprocessing/shared_memory";

try {
  const memory = new SharedMemory({ create: true, size: 8 });
  memory.buf[0] = 7;
  console.log("mapped", memory.buf[0]);
} catch (error) {
  console.log(String(error));
}
