/** A module that goes into one file with the program. */
import * as mp from "@fenshen/multiprocessing";

const power = Number("3");

export const cube = mp.task(import.meta, (x: number) => x ** power, "cube");
