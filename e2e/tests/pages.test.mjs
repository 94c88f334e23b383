// Every page, as people meet it: phone and desktop, light and dark, without JavaScript, and read by a machine for accessibility.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { complaintsOf, inspect, launch, screens, skip } from '../lib/browser.mjs'
import { startNetwork, within } from '../lib/network.mjs'

let network, browser
before(async () => {
  if (skip) return
  network = await startNetwork('--demo')
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await network?.stop()
})

async function open(path, { width = 1440, colorScheme = 'light', javaScriptEnabled = true } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, javaScriptEnabled })
  const page = await context.newPage()
  const problems = complaintsOf(page)
  const response = await page.goto(network.app + path)
  return { page, problems, status: response.status(), close: () => context.close() }
}

async function demoPaths() {
  const list = await within(5000, async () => {
    const response = await fetch(`${network.app}/xrpc/rs.hypercerts.index.listHypercerts?limit=20`)
    const { items } = await response.json()
    return items.length >= 3 && items
  })
  const path = (uri, kind) => `/${kind}/${uri.slice('at://'.length)}`
  const mangroves = list.find((entry) => /mangrove/i.test(entry.title))
  assert.ok(mangroves, 'the demo has the mangrove restoration')
  const did = mangroves.uri.split('/')[2]
  return {
    home: '/',
    list: '/hypercerts',
    ...Object.fromEntries(list.map((entry, n) => [`hypercert-${n}`, path(entry.uri, 'hypercert')])),
    actor: `/actor/${did}`,
    record: path(mangroves.uri, 'record'),
    status: '/status',
  }
}

test('each page fits its screen and has no accessibility violation', { skip }, async (t) => {
  for (const [name, path] of Object.entries(await demoPaths())) {
    for (const screen of screens) {
      await t.test(`${name} at ${screen.width} px, ${screen.colorScheme}`, async () => {
        const { page, problems, status, close } = await open(path, screen)
        try {
          assert.equal(status, 200)
          await inspect(page, name, screen)
          assert.deepEqual(problems, [])
        } finally {
          await close()
        }
      })
    }
  }
})

test('without JavaScript a reader searches, opens a hypercert and follows a reference to its raw record', { skip }, async () => {
  const { page, close } = await open('/', { javaScriptEnabled: false })
  try {
    await page.getByRole('searchbox').fill('mangrove')
    await page.getByRole('searchbox').press('Enter')
    await page.getByRole('link', { name: /mangrove/i }).first().click()
    await page.waitForURL(/\/hypercert\//)
    const text = await page.locator('main').innerText()
    for (const words of ['Signed', 'Intact', 'Acknowledged', 'Evaluated', 'hectares', 'high-quality restoration']) {
      assert.ok(text.toLowerCase().includes(words.toLowerCase()), `the page says "${words}"`)
    }
    await page.locator('a[href^="/record/"]').first().click()
    await page.waitForURL(/\/record\//)
    assert.match(await page.locator('main').innerText(), /\$type/)
  } finally {
    await close()
  }
})

test('the content security policy allows nothing from elsewhere', { skip }, async () => {
  const response = await fetch(network.app)
  const policy = response.headers.get('content-security-policy')
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /frame-ancestors 'none'/)
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
})

test('a page of any origin may ask the index', { skip }, async () => {
  const { page, close } = await open('/')
  try {
    // Another port is another origin.
    await page.goto(network.pds)
    const asked = `${network.app}/xrpc/rs.hypercerts.index.listHypercerts?limit=1`
    const read = (url) => fetch(url, { headers: { 'atproto-accept-labelers': 'did:web:x.test' } }).then((answer) => answer.json())
    assert.equal((await page.evaluate(read, asked)).items.length, 1)
  } finally {
    await close()
  }
})

test('a page that is not there says so and shows the way out', { skip }, async () => {
  const { page, status, close } = await open('/hypercert/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/org.hypercerts.claim.activity/none')
  try {
    assert.equal(status, 404)
    assert.ok(await page.getByRole('main').getByRole('link').count())
  } finally {
    await close()
  }
})
