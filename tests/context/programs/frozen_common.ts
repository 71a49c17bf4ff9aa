/** A program for a bundle in CommonJS, where no module knows its URL. */
import * as mp from "@fenshen/multiprocessing";

try {
  mp.freezeSupport();
} catch (error) {
  console.log(String(error));
}
