/** A program that does not say that it is made into one file. */
import * as mp from "@fenshen/multiprocessing";

export function nothing(): void {}

if (mp.isMain(import.meta)) {
  try {
    await new mp.Process({ target: nothing }).start();
  } catch (error) {
    console.log(String(error));
  }
}
