/** Says when it is imported. */
console.log("preloaded");
