// Records by the thousand, made from the schemas alone: valid ones of every type, and what becomes of them when places
// in them are changed. The same seed gives the same records.
import {
  BYTES,
  CHARACTERS,
  INTEGERS,
  KINDS,
  LINKS,
  STRANGERS,
  TYPE_NAMES,
  blob,
  blobs,
  bytes,
  formatted,
} from './ingredients.mjs'
import { Random } from './random.mjs'

/** Texts longer than this are made once for each schema, and of one character only: counting the graphemes of a long
 * text takes the reference implementation a time that grows with its square. */
const LONG = 20_000

/** Lists longer than this are not made. */
const MANY = 1_500

const ABSENT = Symbol('absent')

/** Makes records of the types in `schemas`. */
export class Records {
  constructor(schemas, seed) {
    this.schemas = schemas
    this.random = new Random(seed)
    this.good = new Map()
    this.bad = new Map()
    this.long = new Set()
  }

  /**
   * At least `count` records as `{ collection, record, changes }`, `changes` naming what was done to a valid one as
   * `kind path`. First every change of every place of one full record of each type, then a few at a time anywhere.
   */
  *generate(count) {
    const types = this.schemas.recordTypes()
    let made = 0
    function* counted(records) {
      for (const record of records) {
        made += 1
        yield record
      }
    }
    for (const type of types) yield* counted(this.everyChange(type))
    for (let turn = 0; made < count; turn += 1) yield* counted(this.someChanges(types[turn % types.length]))
  }

  *everyChange(collection) {
    const record = this.valid(collection, 100)
    yield { collection, record, changes: [] }
    for (const place of this.places(collection, record)) {
      for (const [kind, value] of this.mutants(place, true)) {
        yield { collection, record: changed(record, place.path, value), changes: [`${kind} ${place.path.join('.')}`] }
      }
    }
  }

  *someChanges(collection) {
    const record = this.valid(collection, this.random.pick([5, 15, 40]))
    yield { collection, record, changes: [] }
    const places = [...this.places(collection, record)]
    for (let variant = 0; variant < 12; variant += 1) {
      let mutant = record
      const changes = []
      for (let change = 0; change <= this.random.below(2); change += 1) {
        const place = this.random.pick(places)
        const mutants = this.someMutants(place)
        if (mutants.length === 0) continue
        const [kind, value] = this.random.pick(mutants)
        mutant = changed(mutant, place.path, value)
        changes.push(`${kind} ${place.path.join('.')}`)
      }
      yield { collection, record: mutant, changes }
    }
  }

  /** A valid record that has an optional field in `fullness` of 100 cases. */
  valid(collection, fullness) {
    const { record } = this.schemas.documents.get(collection).defs.main
    return { $type: collection, ...this.make(record, collection, fullness, 0) }
  }

  make(def, home, fullness, depth) {
    switch (def.type) {
      case 'object':
        return this.makeObject(def, home, fullness, depth)
      case 'array':
        return this.makeList(def, home, fullness, depth)
      case 'ref': {
        const target = this.schemas.follow(def.ref, home)
        return this.make(target.def, target.home, fullness, depth + 1)
      }
      case 'union':
        return this.makeMember(def, home, fullness, depth)
      case 'string':
        return this.makeText(def)
      case 'integer':
        return (
          def.const ??
          this.random.pick(def.enum ?? [def.minimum ?? def.maximum ?? 0, def.maximum ?? (def.minimum ?? 0) + 1])
        )
      case 'boolean':
        return def.const ?? this.random.chance(50)
      case 'bytes':
        return bytes(def.minLength ?? 3)
      case 'cid-link':
        return LINKS[this.random.below(2)]
      case 'blob':
        return blob((def.accept?.[0] ?? 'text/plain').replace('*/*', 'text/plain').replace('/*', '/png'), 1)
      case 'unknown':
        return this.random.pick([{}, { $type: 'org.example.unheard', a: 1 }])
      default:
        throw new Error(`no value is of type ${def.type}`)
    }
  }

  makeObject(def, home, fullness, depth) {
    const wanted = Object.entries(def.properties ?? {}).filter(
      ([key]) => def.required?.includes(key) || (depth < 6 && this.random.chance(fullness)),
    )
    return Object.fromEntries(wanted.map(([key, field]) => [key, this.make(field, home, fullness, depth + 1)]))
  }

  makeList(def, home, fullness, depth) {
    const most = Math.min(def.maxLength ?? 2, 2)
    const length = Math.max(def.minLength ?? 0, depth < 6 ? most : 0)
    return Array.from({ length }, () => this.make(def.items, home, fullness, depth + 1))
  }

  makeMember(def, home, fullness, depth) {
    const members = def.refs
      .map((ref) => this.schemas.follow(ref, home))
      .filter((target) => target?.def.type === 'object')
    if (members.length === 0 || (!def.closed && this.random.chance(5)))
      return { $type: 'org.example.unheard', any: [1] }
    const { def: member, home: its, name } = this.random.pick(members)
    return { $type: name, ...this.make(member, its, fullness, depth + 1) }
  }

  makeText(def) {
    if (def.const !== undefined) return def.const
    if (def.enum) return this.random.pick(def.enum)
    const { suggested, free } = this.goodTexts(def)
    return this.random.pick(suggested.length > 0 && this.random.chance(60) ? suggested : free)
  }

  /** Texts that fit a field: those its schema suggests, and others. */
  goodTexts(def) {
    if (!this.good.has(def)) {
      const fitting = (texts) => texts.filter((text) => withinLengths(def, text))
      const shortest = 'a'.repeat(Math.max(def.minLength ?? 0, def.minGraphemes ?? 0, 1))
      const free = def.format ? formatted(def.format).good : ['Mangroves', 'Ufufuo wa mikoko 🌳', 'नमस्ते', shortest]
      this.good.set(def, { suggested: fitting(def.knownValues ?? []), free: fitting(free) })
    }
    return this.good.get(def)
  }

  /** Every place of a record that its schema describes: `{ path, def, home, value, required, inObject }`. */
  *places(collection, record) {
    const { record: def } = this.schemas.documents.get(collection).defs.main
    yield { path: ['$type'], def: { type: 'record-type' }, home: collection, value: collection }
    yield* this.placesIn(def, collection, record, [])
  }

  *placesIn(def, home, value, path) {
    if (path.length > 0) yield { path, def, home, value }
    switch (def.type) {
      case 'object':
        if (path.length === 0) yield { path, def, home, value }
        for (const [key, field] of Object.entries(def.properties ?? {})) {
          if (value[key] === undefined) yield { path: [...path, key], def: field, home, value: ABSENT }
          else yield* this.placesIn(field, home, value[key], [...path, key])
        }
        break
      case 'array':
        for (const [index, item] of value.entries()) yield* this.placesIn(def.items, home, item, [...path, index])
        break
      case 'ref': {
        const target = this.schemas.follow(def.ref, home)
        yield* this.targetPlaces(target, value, path)
        break
      }
      case 'union': {
        const target = def.refs.map((ref) => this.schemas.follow(ref, home)).find((it) => it?.name === value.$type)
        if (target) yield* this.targetPlaces(target, value, path)
        break
      }
    }
  }

  /** The place itself was given already, under the reference that led to it. */
  *targetPlaces({ def, home }, value, path) {
    for (const place of this.placesIn(def, home, value, path))
      if (place.path !== path || def.type !== 'object') yield place
  }

  /** Changes to choose from at a place; those of a text depend on its schema alone, and are kept. */
  someMutants(place) {
    if (place.def.type !== 'string') return [...this.mutants(place, false)]
    if (!this.bad.has(place.def)) this.bad.set(place.def, [...texts(place.def, false)])
    return this.bad.get(place.def)
  }

  /** Other values for a place, each with the kind of change it is. */
  *mutants({ path, def, home, value }, every) {
    if (def.type === 'record-type') return yield* recordTypes(value)
    if (path.length === 0) return yield* strangers(value)
    if (value !== ABSENT) {
      if (typeof path.at(-1) === 'string') yield ['absent', ABSENT]
      for (const [kind, other] of Object.entries(KINDS)) yield [`becomes-${kind}`, other]
    }
    yield* this.mutantsOfType(def, home, value, every)
  }

  *mutantsOfType(def, home, value, every) {
    switch (def.type) {
      case 'string':
        yield* texts(def, every && !this.long.has(def))
        this.long.add(def)
        return
      case 'integer': {
        const near = [def.minimum, def.maximum, def.const, ...(def.enum ?? [])].filter((limit) => limit !== undefined)
        for (const integer of [...near.flatMap((n) => [n - 1, n, n + 1]), ...INTEGERS]) yield ['integer', integer]
        return
      }
      case 'boolean':
        return yield* [true, false].map((it) => ['boolean', it])
      case 'bytes': {
        const near = [def.minLength ?? 0, def.maxLength ?? 10].flatMap((n) => [n - 1, n, n + 1]).filter((n) => n >= 0)
        return yield* [...near.map(bytes), ...BYTES].map((it) => ['bytes', it])
      }
      case 'cid-link':
        return yield* LINKS.map((it) => ['link', it])
      case 'blob':
        return yield* blobs(def).map((it) => ['blob', it])
      case 'unknown':
        return yield* STRANGERS.map((it) => ['unknown', it])
      case 'array':
        return yield* this.lists(def, home, value)
      case 'union':
        return yield* this.members(def, home)
      case 'ref':
      case 'object':
        if (value !== ABSENT && isObject(value)) yield* strangers(value)
    }
  }

  *lists(def, home, value) {
    const item = value === ABSENT || value.length === 0 ? this.make(def.items, home, 0, 6) : value[0]
    const lengths = [0, 1, ...[def.minLength ?? 0, def.maxLength ?? 3].flatMap((n) => [n - 1, n, n + 1])]
    for (const length of lengths.filter((n) => n >= 0 && n <= MANY)) yield ['length', Array(length).fill(item)]
    for (const [kind, other] of Object.entries(KINDS)) yield [`item-becomes-${kind}`, [item, other]]
  }

  *members(def, home) {
    for (const ref of def.refs) {
      const target = this.schemas.follow(ref, home)
      const member = target?.def.type === 'object' ? this.make(target.def, target.home, 50, 3) : {}
      const name = target?.name ?? ref
      yield ['member', { $type: name, ...member }]
      yield ['member-empty', { $type: name }]
      yield ['member-bare', member]
      for (const alias of [`lex:${name}`, `${name}#main`, name.replace(/#.*/, ''), name.toUpperCase()]) {
        yield ['member-alias', { $type: alias, ...member }]
      }
    }
    for (const $type of TYPE_NAMES) yield ['member-unknown', { $type }]
  }
}

function* recordTypes(name) {
  for (const other of [
    ABSENT,
    `${name}#main`,
    `lex:${name}`,
    `${name}#other`,
    'org.example.unheard',
    '',
    'a#b#c',
    7,
    null,
  ]) {
    yield ['record-type', other]
  }
}

function* strangers(value) {
  for (const fields of STRANGERS) yield ['stranger', { ...value, ...fields }]
}

/** Texts of other forms, other values, and lengths on both sides of each limit. */
function* texts(def, every) {
  const { format, minLength, maxLength, minGraphemes, maxGraphemes } = def
  if (format) for (const text of formatted(format).all) yield ['format', text]
  for (const text of [...(def.enum ?? []), def.const ?? '', 'other', 'ALWAYS', '']) yield ['text', text]
  const limits = (...ends) => ends.filter((end) => end !== undefined).flatMap((end) => [end - 1, end, end + 1])
  for (const [name, character] of Object.entries(CHARACTERS)) {
    const size = Buffer.byteLength(character)
    for (const length of limits(minLength, maxLength).filter((n) => n >= 0)) {
      if (length > LONG && !(every && name === 'family')) continue
      const repeated = character.repeat(Math.floor(length / size))
      yield [`bytes-${name}`, repeated + 'a'.repeat(length - Buffer.byteLength(repeated))]
    }
    for (const length of limits(minGraphemes, maxGraphemes).filter((n) => n >= 0)) {
      if (length * size > LONG && !(every && name === 'ascii')) continue
      yield [`graphemes-${name}`, character.repeat(length)]
    }
  }
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value)

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

function withinLengths({ minLength = 0, maxLength = Infinity, minGraphemes = 0, maxGraphemes = Infinity }, text) {
  const size = Buffer.byteLength(text)
  const seen = [...graphemes.segment(text)].length
  return size >= minLength && size <= maxLength && seen >= minGraphemes && seen <= maxGraphemes
}

/** `value` with another value at `path`; what is not on the way there is shared. */
function changed(value, [key, ...rest], replacement) {
  if (key === undefined) return replacement
  if (value === null || typeof value !== 'object') return value
  const inner = rest.length === 0 ? replacement : changed(value[key], rest, replacement)
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? inner : item))
  const { [key]: _, ...others } = value
  return inner === ABSENT ? others : { ...others, [key]: inner }
}
