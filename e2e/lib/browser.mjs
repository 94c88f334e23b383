// A real browser, and what is asked of every page that it shows.
import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export const skip = process.env.HYPERCERTS_E2E_BROWSER === '0' && 'no browser wanted'

/** Where screenshots are kept, if they are wanted. */
const shots = process.env.HYPERCERTS_SHOTS

export async function launch() {
  const { chromium } = await import('playwright-core')
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  })
}

/** What people have: a phone and a desktop, each light and dark. */
export const screens = [360, 1440].flatMap((width) => ['light', 'dark'].map((colorScheme) => ({ width, colorScheme })))

let axe

/** Insists that nothing of the page sticks out of the screen. */
export async function fits(page, name, { width, colorScheme }) {
  await page.setViewportSize({ width, height: 900 })
  await page.emulateMedia({ colorScheme })
  if (shots) {
    await mkdir(shots, { recursive: true })
    await page.screenshot({ path: join(shots, `${name.replaceAll(/\W+/g, '-')}-${width}-${colorScheme}.png`), fullPage: true })
  }
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  assert.ok(overflow <= 0, `nothing sticks out to the side (${overflow} px)`)
}

/** Insists that the page fits the screen and that a machine for accessibility has nothing against it. */
export async function inspect(page, name, screen) {
  await fits(page, name, screen)
  // Evaluated instead of added as a script, so that the page's own policy stays in force.
  axe ??= await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe)
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }))
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`), [])
}

/** What the page complains of from here on, to its developers. */
export function complaintsOf(page) {
  const complaints = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  return complaints
}

/** Gives the page a device that keeps passkeys; the answer says whether it recognises its owner from then on. */
export async function plugInAuthenticator(page) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  })
  return (isUserVerified) => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
}

export const press = (page, name) => page.getByRole('button', { name, exact: true }).click()
