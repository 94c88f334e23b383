// The schemas in lexicons/ against the published ones: same structure, other words.
//
// What is compared is everything that decides whether a record is valid. Left out are the texts for people: every
// `description`, and the `title` and `detail` of a permission set.
import assert from 'node:assert/strict'
import { join, sep } from 'node:path'
import { test } from 'node:test'

import { OURS, PUBLISHED, documentsUnder, readDocument } from '../lib/schemas.mjs'

/** Schemas that the package does not have, and where they come from. */
const OURS_ALONE = {
  'app.certified.feed.like': 'the documentation of likes and reposts, which the package will follow',
  'app.certified.feed.repost': 'the documentation of likes and reposts, which the package will follow',
  'app.certified.group.audit.query': 'the group service, whose methods the PDS has',
  'app.certified.group.import': 'the group service, whose methods the PDS has',
  'app.certified.group.member.add': 'the group service, whose methods the PDS has',
  'app.certified.group.member.list': 'the group service, whose methods the PDS has',
  'app.certified.group.member.remove': 'the group service, whose methods the PDS has',
  'app.certified.group.ownershipTransfer.accept': 'the group service, whose methods the PDS has',
  'app.certified.group.ownershipTransfer.cancel': 'the group service, whose methods the PDS has',
  'app.certified.group.ownershipTransfer.propose': 'the group service, whose methods the PDS has',
  'app.certified.group.ownershipTransfer.status': 'the group service, whose methods the PDS has',
  'app.certified.group.register': 'the group service, whose methods the PDS has',
  'app.certified.group.repo.createRecord': 'the group service, whose methods the PDS has',
  'app.certified.group.repo.deleteRecord': 'the group service, whose methods the PDS has',
  'app.certified.group.repo.putRecord': 'the group service, whose methods the PDS has',
  'app.certified.group.repo.uploadBlob': 'the group service, whose methods the PDS has',
  'app.certified.group.role.set': 'the group service, whose methods the PDS has',
  'app.certified.groups.membership.list': 'the group service, whose methods the PDS has',
  'org.hypercerts.claim.contributionDetails': 'the documentation of the activity claim, which refers to it',
  'org.hypercerts.helper.ops': 'the documentation of the activity claim: work scopes as trees',
  'org.hypercerts.helper.workScopeExpr': 'the documentation of the activity claim: work scopes as lists',
  'org.hypercerts.helper.workScopeTag': 'the documentation of the activity claim: the tags these name',
  'rs.hypercerts.claim.lock': 'this project: a claim frozen at a version',
  'rs.hypercerts.index.defs': 'this project: what its index answers with',
  'rs.hypercerts.index.getHypercert': 'this project: a query of its index',
  'rs.hypercerts.index.getOverlaps': 'this project: a query of its index',
  'rs.hypercerts.index.getRecord': 'this project: a query of its index',
  'rs.hypercerts.index.getStatus': 'this project: a query of its index',
  'rs.hypercerts.index.listHypercerts': 'this project: a query of its index',
}

/**
 * Where a schema of the same name may differ, as `nsid: path`, and why. Nothing may, today: a record that one validator
 * takes and the other does not would be worse than any flaw of a schema.
 */
const ALLOWED_DIFFERENCES = {}

const read = readDocument
const schemasUnder = documentsUnder
const nsidOf = (file) => file.replace(/\.json$/, '').replaceAll(sep, '.')

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

test('every published schema is here, and what the package lacks is listed', () => {
  const published = schemasUnder(PUBLISHED).map(nsidOf)
  const ours = schemasUnder(OURS).map(nsidOf)
  assert.deepEqual(
    published.filter((nsid) => !ours.includes(nsid)),
    [],
  )
  assert.deepEqual(
    ours.filter((nsid) => !published.includes(nsid)),
    Object.keys(OURS_ALONE),
  )
})

test('a schema lies where its NSID says', () => {
  for (const file of schemasUnder(OURS)) {
    assert.equal(`${read(OURS, file).id.replaceAll('.', sep)}.json`, file)
  }
})

for (const file of schemasUnder(PUBLISHED)) {
  const id = nsidOf(file)

  test(`${id} has the published structure`, () => {
    const found = differences(read(OURS, file), read(PUBLISHED, file))
    assert.deepEqual(
      found.filter((line) => !(`${id}: ${line.split(':')[0]}` in ALLOWED_DIFFERENCES)),
      [],
    )
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
