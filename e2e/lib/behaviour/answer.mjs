// What two answers have in common when texts, hashes and times are set aside: status, name of the error, media type,
// the headers that matter, and the shape of the body.
import { readCar } from '@atproto/repo'

const KINDS = [
  ['did', /^did:(plc|web):[a-zA-Z0-9.%:_-]+$/],
  ['at-uri', /^at:\/\//],
  ['cid', /^b(afy|afk)[a-z2-7]{50,}$/],
  ['rev', /^[234567abcdefghij][2-7a-z]{12}$/],
  ['time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/],
  ['token', /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/],
  ['address', /^https?:\/\//],
]

/** Texts that programs decide by, so that they have to be the same. */
const WORDS = new Set(['$type', 'action', 'error', 'mimeType', 'name', 'path', 'status', 't', 'token_type', 'type', 'validationStatus'])

/** Headers that every answer is compared by. */
const HEADERS = ['www-authenticate']

export async function readAnswer(response, headers = []) {
  const type = response.headers.get('content-type')?.split(';')[0] ?? 'none'
  const body = Buffer.from(await response.arrayBuffer())
  const json = type === 'application/json' && body.length > 0 ? JSON.parse(body) : undefined
  const error = response.status >= 400 ? ` ${json?.error ?? ''}` : ''
  const named = [...HEADERS, ...headers].map((name) => [`header ${name}`, settled(response.headers.get(name))])
  return {
    answer: `${response.status}${error}`.trim(),
    // A refusal is told apart by its name; its sentence is each server's own.
    parts: response.ok ? { type, ...flatten('body', await shape(type, body, json)) } : {},
    headers: Object.fromEntries(named),
  }
}

/** A header's value without what is of this answer alone. */
const settled = (value) => (value ?? 'none').replace(/"b[a-z2-7]{50,}"/, '"CID"')

async function shape(type, body, json) {
  if (json !== undefined) return shapeOf(json)
  if (type === 'application/vnd.ipld.car') return shapeOfCar(body)
  return body.length === 0 ? 'nothing' : 'something'
}

async function shapeOfCar(body) {
  const { roots, blocks } = await readCar(body)
  return { roots: roots.length, blocks: blocks.size > 0 ? 'some' : 'none' }
}

function shapeOf(value, key) {
  if (Array.isArray(value)) return shapeOfList(value, key)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner, key)]))
  if (typeof value !== 'string') return typeof value === 'number' ? 'a number' : value
  if (WORDS.has(key)) return value
  if (key === 'cursor') return 'a cursor'
  return KINDS.find(([, pattern]) => pattern.test(value))?.[0] ?? 'text'
}

/** How many there are, and each different shape once. */
function shapeOfList(values, key) {
  const shapes = new Map(values.map((value) => shapeOf(value, key)).map((one) => [JSON.stringify(one), one]))
  return { length: values.length, ...Object.fromEntries([...shapes.values()].map((one, n) => [`${n}`, one])) }
}

/** Every leaf by its path. */
function flatten(path, value) {
  if (value === null || typeof value !== 'object') return { [path]: value }
  return Object.assign({}, ...Object.entries(value).map(([key, inner]) => flatten(`${path}.${key}`, inner)))
}

/** Where two answers differ: `{ part, there, here }` each. */
export function differences(there, here) {
  if (there.answer !== here.answer) return [{ part: 'answer', there: there.answer, here: here.answer }]
  const all = [there, here].map(({ parts, headers }) => ({ ...parts, ...headers }))
  const parts = [...new Set(all.flatMap(Object.keys))].sort()
  const value = (side, part) => String(part in side ? side[part] : 'absent')
  return parts
    .map((part) => ({ part, there: value(all[0], part), here: value(all[1], part) }))
    .filter(({ there, here }) => there !== here)
}
