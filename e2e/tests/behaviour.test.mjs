// The same requests to the reference PDS and to ours. Where status, error or the shape of an answer differ,
// docs/behaviours.md says why.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { schemas } from '@atproto/api'

import { FAMILIES, compare } from '../lib/behaviour/index.mjs'
import { KNOWN, explain } from '../lib/behaviour/known.mjs'
import { startService } from '../lib/behaviour/service.mjs'
import { Side } from '../lib/behaviour/side.mjs'
import { KNOWN_HERE } from '../lib/behaviour/stage.mjs'
import { minter, secretOfOurs } from '../lib/behaviour/tokens.mjs'
import { startNetwork } from '../lib/network.mjs'
import { outboxOf } from '../lib/outbox.mjs'
import { ADMIN_PASSWORD, startReference } from '../lib/reference.mjs'

let network, reference, service, services, lexicons, there, here
const occurred = new Set()

before(async () => {
  lexicons = await folderOfLexicons()
  const password = join(lexicons, 'admin-password')
  await writeFile(password, ADMIN_PASSWORD)
  network = await startNetwork('--lexicons', lexicons, '--pds-admin-password-file', password)
  reference = await startReference({ plc: network.plc })
  service = await startService()
  services = { service: service.name, gone: service.gone }
  there = theReference()
  here = await ours()
  await Promise.all([there.raiseCurtain(), here.raiseCurtain()])
})
after(async () => {
  await service?.stop()
  await reference?.stop()
  await network?.stop()
  await rm(lexicons, { recursive: true, force: true })
})

for (const { name, cases } of FAMILIES) {
  test(`${name}: ${cases.length} requests`, async () => {
    const unexplained = []
    for (const one of cases) {
      const found = await compare(one, there, here)
      const codes = explain(one.name, found)
      codes.forEach((code) => code && occurred.add(code))
      unexplained.push(...found.filter((_, n) => !codes[n]).map((difference) => told(one, difference)))
    }
    assert.deepEqual(unexplained, [])
  })
}

test('every class of difference occurs', () => {
  assert.deepEqual([...occurred].sort(), Object.keys(KNOWN).sort())
})

test('every class of difference has its reason in docs/behaviours.md, and no other is there', () => {
  const text = readFileSync(new URL('../../docs/behaviours.md', import.meta.url), 'utf8')
  const [section] = text.split('\n## Compared with the reference PDS\n')[1].split('\n## ')
  const reasoned = [...section.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, code]) => code)
  assert.deepEqual(reasoned.sort(), Object.keys(KNOWN).sort())
})

const told = ({ name }, { part, there, here }) => `${name} — ${part}: ${there} there, ${here} here`

function theReference() {
  const { url, did, jwtSecret, mailsTo } = reference
  return new Side({ name: 'the reference', url, did, secrets: { mint: minter(jwtSecret, did) }, mailsTo, ...services })
}

async function ours() {
  const { pds: url, data } = network
  const { did } = await (await fetch(`${url}/xrpc/com.atproto.server.describeServer`)).json()
  return new Side({ name: 'ours', url, did, secrets: { mint: minter(secretOfOurs(data), did) }, mailsTo: outboxOf(url), ...services })
}

/** The lexicons that the reference has built in, for our PDS to know them too. */
async function folderOfLexicons() {
  const folder = await mkdtemp(join(tmpdir(), 'hypercerts-lexicons-'))
  for (const nsid of KNOWN_HERE) {
    const document = schemas.find(({ id }) => id === nsid)
    // The package marks references in memory.
    await writeFile(join(folder, `${nsid}.json`), JSON.stringify(document).replaceAll('"lex:', '"'))
  }
  return folder
}
