// Where the reference PDS and ours answer differently on purpose, and nowhere else.
//
// Each class has a code, under which docs/behaviours.md gives the reason. It says in which cases it may occur, and what
// both answer there. What falls into no class is a difference that nobody has thought about.

export const KNOWN = {}

/** The codes that explain a case's differences; `undefined` among them stands for one without a reason. */
export const explain = (name, found) => found.map((one) => Object.keys(KNOWN).find((code) => fits(KNOWN[code], name, one)))

const fits = ({ cases, part = /^answer$/, there, here }, name, found) =>
  matches(cases, name) && matches(part, found.part) && matches(there, found.there) && matches(here, found.here)

const matches = (pattern, text) =>
  pattern === undefined || (pattern instanceof RegExp ? pattern.test(text) : pattern === text)
