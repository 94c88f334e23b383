// The schemas in lexicons/ against the published ones: same structure, other words.
//
// What is compared is everything that decides whether a record is valid. Left out are the texts for people: every
// `description`, and the `title` and `detail` of a permission set.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const OURS = fileURLToPath(new URL('../../lexicons/', import.meta.url))
const PUBLISHED = fileURLToPath(new URL('../node_modules/@hypercerts-org/lexicon/lexicons/', import.meta.url))

/** Schemas that the package does not have: this project's own, and those that only the claim's documentation names. */
const OUR_OWN = [
  join('rs', 'hypercerts', sep),
  join('org', 'hypercerts', 'helper', sep),
  join('org', 'hypercerts', 'claim', 'contributionDetails.json'),
]

const read = (root, file) => JSON.parse(readFileSync(join(root, file), 'utf8'))

const schemasUnder = (root) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value)

/** A text for people, as opposed to a property that happens to be called `description` or `title`. */
const isProse = (owner, key) =>
  typeof owner[key] === 'string' &&
  (key === 'description' || (owner.type === 'permission-set' && (key === 'title' || key === 'detail')))

/** Every place where `ours` and `theirs` differ, as readable lines. */
function differences(ours, theirs, path = '') {
  if (isObject(ours) && isObject(theirs)) {
    const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)])
    return [...keys]
      .filter((key) => !isProse(ours, key) && !isProse(theirs, key))
      .flatMap((key) => differences(ours[key], theirs[key], path ? `${path}.${key}` : key))
  }
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    const length = Math.max(ours.length, theirs.length)
    return Array.from({ length }, (_, i) => differences(ours[i], theirs[i], `${path}[${i}]`)).flat()
  }
  return ours === theirs ? [] : [`${path}: here ${JSON.stringify(ours)}, published ${JSON.stringify(theirs)}`]
}

/** Every text for people in a schema, with its path. */
function prose(node, path = '') {
  if (Array.isArray(node)) return node.flatMap((item, i) => prose(item, `${path}[${i}]`))
  if (!isObject(node)) return []
  return Object.keys(node).flatMap((key) =>
    isProse(node, key) ? [[`${path}.${key}`, node[key]]] : prose(node[key], `${path}.${key}`),
  )
}

test('every published schema is here, and no other under its names', () => {
  const ours = schemasUnder(OURS).filter((file) => !OUR_OWN.some((own) => file.startsWith(own)))
  assert.deepEqual(ours, schemasUnder(PUBLISHED))
})

test('a schema lies where its NSID says', () => {
  for (const file of schemasUnder(OURS)) {
    assert.equal(`${read(OURS, file).id.replaceAll('.', sep)}.json`, file)
  }
})

for (const file of schemasUnder(PUBLISHED)) {
  const id = file.replace(/\.json$/, '').replaceAll(sep, '.')

  test(`${id} has the published structure`, () => {
    assert.deepEqual(differences(read(OURS, file), read(PUBLISHED, file)), [])
  })

  test(`${id} explains in its own words all that the published schema explains`, () => {
    const theirs = new Map(prose(read(PUBLISHED, file)))
    const ours = new Map(prose(read(OURS, file)))
    for (const [path, text] of theirs) {
      assert.ok(ours.get(path), `${path} has no text`)
      assert.notEqual(ours.get(path), text, `${path} repeats the published text`)
    }
  })
}

test('the comparison notices a changed limit, a missing field and a changed reference', () => {
  const published = read(PUBLISHED, join('org', 'hypercerts', 'claim', 'activity.json'))
  const changed = structuredClone(published)
  const { properties } = changed.defs.main.record
  properties.title.maxLength = 255
  delete properties.rights
  properties.workScope.refs.reverse()
  assert.deepEqual(
    differences(changed, published).map((line) => line.split(':')[0]),
    [
      'defs.main.record.properties.title.maxLength',
      'defs.main.record.properties.workScope.refs[0]',
      'defs.main.record.properties.workScope.refs[1]',
      'defs.main.record.properties.rights',
    ],
  )
})
