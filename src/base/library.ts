/** Where this library lies, for what depends on how it is delivered. @module */

/** The library as it is laid out in its repository and on JSR, or as one file with its faces beside it in the npm package. */
const found = /^(.*?([^/]*\/src\/))(base\/library|fenshen)(\.[jt]s)$/.exec(import.meta.url);

/** This library's files, or `null` in a program's bundle, where it shares a file with others. */
export const library = found && {
  /** The URL that all of its modules start with. */
  sources: found[1]!,
  /** The end of the path that the modules of a folder have, in every spelling of a stack, also where they are one file. */
  pathOf: (folder: string): string => found[2]! + (found[3] === "fenshen" ? `fenshen${found[4]}` : `${folder}/`),
  /** The face of this name. */
  face: (name: string): URL => new URL(`../${name}${found[4]}`, found[1]),
};
