// The README's first five minutes, and what `verify` says when something is not as claimed.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { hypercerts, pageText, pagePath, run, signUp, startNetwork, within } from '../lib/network.mjs'

let network, claim
before(async () => (network = await startNetwork()))
after(() => network.stop())

test('a stranger makes a hypercert and another account evaluates it', async () => {
  await signUp(network, 'forester.test')
  const created = await run(network, [
    'create', '--json', '--title', 'Oak wood replanted, 2026',
    '--short-description', 'Three hectares of storm damage replanted with oak and hornbeam.',
    '--scope', 'Replanting after storm damage', '--start', '2026-01-10', '--end', '2026-04-30', '--location', '51.05,7.62',
  ])
  claim = JSON.parse(created).uri
  assert.match(claim, /^at:\/\/did:plc:/)

  await signUp(network, 'ecologist.test')
  await run(network, ['measure', claim, '--metric', 'Trees planted', '--value', '9300', '--unit', 'trees'])
  await run(network, ['attach', claim, '--title', 'Planting plan', '--uri', 'https://forester.example/plan'])
  await run(network, ['evaluate', claim, '--summary', 'Well mixed stand, few gaps.', '--score', '4/5'])

  const page = await within(2000, async () => {
    const { text } = await pageText(network, pagePath(claim))
    return text.includes('Well mixed stand') && text
  })
  for (const words of ['Oak wood replanted, 2026', 'Trees planted', 'Planting plan', '51.05']) assert.ok(page.includes(words), words)
  const shown = await run(network, ['show', claim])
  for (const words of ['Oak wood replanted, 2026', 'Trees planted', 'Well mixed stand']) assert.ok(shown.includes(words), shown)
  assert.ok((await run(network, ['ls'])).includes('Oak wood replanted, 2026'))
})

test('verify checks every step and its exit status tells', async () => {
  const words = await run(network, ['verify', claim])
  for (const step of ['signature', 'tree']) assert.match(words, new RegExp(step, 'i'))
  const report = JSON.parse(await run(network, ['verify', '--json', claim]))
  assert.ok(report.steps.length >= 5)

  const missing = await hypercerts(network, ['verify', `${claim}x`])
  assert.equal(missing.code, 1, missing.stdout + missing.stderr)
  const unreachable = await hypercerts(network, ['verify', claim], { env: { HYPERCERTS_PLC_URL: 'http://127.0.0.1:9' } })
  assert.equal(unreachable.code, 2, unreachable.stdout + unreachable.stderr)
})

test('a repository taken from one network is imported from its file, and a changed byte is found', async () => {
  const did = claim.split('/')[2]
  const car = Buffer.from(await (await fetch(`${network.pds}/xrpc/com.atproto.sync.getRepo?did=${did}`)).arrayBuffer())
  const file = join(network.data, 'forester.car')
  const into = (folder) => ({ env: { HYPERCERTS_DATA: join(network.data, folder) } })
  await writeFile(file, car)
  assert.match(await run(network, ['index', 'import', file], into('elsewhere')), /Taken in and verified/)
  assert.match(await run(network, ['index', 'import', file], into('elsewhere')), /Nothing was read/)

  const forged = Buffer.from(car)
  forged[car.indexOf('Oak wood')] ^= 1
  await writeFile(file, forged)
  const refused = await hypercerts(network, ['index', 'import', file], into('nowhere'))
  assert.notEqual(refused.code, 0)
  assert.match(refused.stderr, /does not hash to its CID/)

  const meanwhile = await hypercerts(network, ['index', 'import', file])
  assert.notEqual(meanwhile.code, 0)
  assert.match(meanwhile.stderr, /a network is running/)
})

test('a password is never taken from a flag, and a mistake says the way out', async () => {
  const flag = await hypercerts(network, ['account', 'login', 'forester.test', '--password', 'secret'])
  assert.notEqual(flag.code, 0)
  const wrong = await hypercerts(network, ['account', 'login', 'forester.test', '--password-stdin'], { input: 'wrong\n' })
  assert.notEqual(wrong.code, 0)
  assert.match(wrong.stderr, /password/i)
  const nobody = await hypercerts(network, ['create', '--title', 'x', '--short-description', 'y'], {
    env: { XDG_CONFIG_HOME: join(network.data, 'nobody') },
  })
  assert.notEqual(nobody.code, 0)
  assert.match(nobody.stderr, /account (create|login)/)
})
