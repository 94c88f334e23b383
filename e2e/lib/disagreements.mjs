// Where this project's validator and `@atproto/lexicon` may come to different verdicts on one record, and nowhere else.
//
// Each class has a code, under which docs/behaviours.md gives the reason, and a test that looks at the very value the
// verdicts differ about. What passes no test is a disagreement that nobody has thought about.
import { isDatetimeString, parseLanguageString } from '@atproto/syntax'

const VERSION_0 = /^Qm[1-9A-HJ-NP-Za-km-z]{44}$/
const SCHEME = /^[a-zA-Z][a-zA-Z0-9+.-]{0,79}:/

/** Refused here, valid there: by the rule that is broken here, and the value that breaks it. */
const STRICTER_RULES = {
  'datetime-loose': ({ rule }, text) => rule.format === 'datetime' && !isDatetimeString(text),
  'datetime-no-such-day': ({ rule }, text) => rule.format === 'datetime' && isDatetimeString(text) && !realDay(text),
  'language-not-strict': ({ rule }, text) =>
    rule.format === 'language' && (!parseLanguageString(text) || text.length > 256),
  'at-uri-fragment': ({ rule }, text) => rule.format === 'at-uri' && text.includes('#'),
  'cid-version-0': ({ rule }, text) => rule.format === 'cid' && VERSION_0.test(text),
  'uri-scheme': ({ rule }, text) => rule.format === 'uri' && !SCHEME.test(text),
  'uri-length': ({ rule }, text) => rule.format === 'uri' && Buffer.byteLength(text) > 8192,
  'uri-control-character': ({ rule }, text) => rule.format === 'uri' && /\p{Cc}/u.test(text),
  'blob-size': ({ rule }) => rule.name === 'blobSize',
  'blob-type': ({ rule }) => rule.name === 'blobType',
  'blob-old-form': ({ rule }, value) => rule.name === 'wrongType' && isOldBlob(value),
  'type-with-lex': ({ rule }, value) =>
    (rule.name === 'recordType' && value.startsWith('lex:')) ||
    (rule.name === 'unknownUnionMember' && value.$type.startsWith('lex:')),
  'kind-of-unknown': ({ rule }, value) =>
    rule.name === 'wrongType' && rule.expected.startsWith('an object that') && !isPlain(value),
  'kind-of-object': ({ rule }, value) => rule.name === 'wrongType' && rule.expected === 'an object' && !isPlain(value),
}

/** Refused here because it is no value of the data model, valid there: by the message. */
const STRICTER_MODEL = {
  'model-nesting': /nested deeper than 32/,
  'model-number': /is not a whole number|an integer lies outside/,
  'model-type-name': /“\$type” must be a text/,
  'model-blob': /a blob needs a link/,
  'model-link': /is not a CID|a CID must be|a CID has|"\$link" must be/,
  'model-bytes': /“\$bytes” does not hold|"\$bytes" must be/,
  'model-unpaired-surrogate': /not JSON: (lone leading surrogate|unexpected end of hex escape)/,
}

/** Valid here, refused there: by the message, and the value at the path in it. */
const LOOSER = {
  'cid-other-bases': (message, text) => message.endsWith('must be a cid string') && /^[7fkmz]/.test(text),
  'uri-scheme-characters': (message, text) =>
    message.endsWith('must be a uri') && /^[a-zA-Z][a-zA-Z0-9+.-]*[+.-][a-zA-Z0-9+.-]*:/.test(text),
  'key-proto': (message) => message === 'Invalid key: __proto__',
  'looks-like-old-blob': (_, __, record) => holds(record, (value) => isOldBlob(value) && !decodes(value.cid)),
  'member-with-lex': (_, __, record) =>
    holds(record, (value) => isPlain(value) && String(value.$type).startsWith('lex:')),
}

export const CODES = [STRICTER_RULES, STRICTER_MODEL, LOOSER].flatMap(Object.keys)

/** The codes that explain a disagreement, or `undefined` if a part of it has no explanation. */
export function explain(record, ours, theirs) {
  const codes = ours.verdict === 'valid' ? [looser(record, theirs)] : stricter(record, ours)
  return codes.includes(undefined) ? undefined : [...new Set(codes)]
}

function stricter(record, ours) {
  if (ours.verdict === 'noData') return [codeOf(STRICTER_MODEL, (pattern) => pattern.test(ours.message))]
  return ours.violations.map((violation) => {
    const value = at(record, violation.path.replaceAll(/\[(\d+)\]/g, '.$1').split('.'))
    return codeOf(STRICTER_RULES, (test) => test(violation, value))
  })
}

function looser(record, { message }) {
  const [place] = message.split(' ')
  const value = at(record, place.split('/').slice(1))
  return codeOf(LOOSER, (test) => test(message, value, record))
}

const codeOf = (classes, test) => Object.keys(classes).find((code) => test(classes[code]))

const at = (record, path) => path.filter(Boolean).reduce((value, key) => value?.[key], record)

const isPlain = (value) =>
  value !== null &&
  typeof value === 'object' &&
  !Array.isArray(value) &&
  !('$bytes' in value) &&
  !('$link' in value) &&
  value.$type !== 'blob' &&
  !isOldBlob(value)

const isOldBlob = (value) =>
  typeof value?.cid === 'string' && typeof value.mimeType === 'string' && Object.keys(value).length === 2

/** Whether a CID is written as the reference implementation reads it, in the one base that repositories use. */
const decodes = (cid) => /^b[a-z2-7]{58}$/.test(cid)

const holds = (value, test) =>
  test(value) ||
  (value !== null && typeof value === 'object' && Object.values(value).some((inner) => holds(inner, test)))

/** Whether the day of a datetime is in the calendar; JavaScript counts on into the next month. */
function realDay(text) {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number)
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
}
