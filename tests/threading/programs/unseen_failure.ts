/** A failed start that nobody looks at is reported, and ends nothing. */
import { Thread } from "@fenshen/multiprocessing/threading";

const secret = Symbol("s");
void new Thread({ target: () => secret, name: "closure" }).start();
console.log("still here");
