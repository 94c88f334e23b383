// The ways in and the account's own pages: phone and desktop, light and dark, and read by a machine for accessibility.
// The scenes are one visit; each begins where the one before it ended.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { complaintsOf, fits, inspect, plugInAuthenticator, press, screens, skip } from '../lib/browser.mjs'
import { newAccount } from '../lib/clients.mjs'
import { decide, giveMyPassword, loopbackClient, signIn } from '../lib/oauth.mjs'
import { callback, forester, named, network, visiting } from '../lib/stage.mjs'

/** As wide as words come. */
const LONG = 'Donaudampfschifffahrtselektrizitaetenhauptbetriebswerk'
const ADDRESS = `${LONG}@${LONG}.example.com`.toLowerCase()
const SCOPE =
  'atproto include:org.hypercerts.authWrite repo:org.example.tree repo:org.hypercerts.claim.activity blob:image/* transition:generic ' +
  'account:email rpc:org.example.search?aud=did:web:a-rather-long-name-of-a-service.example.com%23index identity:*'

/** What is looked at, and how one gets there. */
function scenesOf(page, client, second) {
  const open = (path) => page.goto(network.pds + path)
  const authorize = async (...asked) => page.goto((await client.authorize(...asked)).href)
  const shown = (role) => page.getByRole(role).waitFor()
  const send = async (label, words, button) => {
    await page.getByLabel(label).fill(words)
    await press(page, button)
  }
  const createAccount = async (name) => {
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByLabel('E-mail address').fill(ADDRESS)
    await send('Password', 'correct horse', 'Create the account')
  }
  return {
    'sign in': () => open('/account/sign-in'),
    'sign in, refused': async () => {
      await giveMyPassword(page, { password: 'wrong' }, ADDRESS)
      await shown('alert')
    },
    'enter a code': async () => {
      await page.getByLabel('Handle or e-mail address').last().fill(ADDRESS)
      await press(page, 'Send me a code')
      await page.getByLabel('Code').waitFor()
    },
    'enter a code, refused': async () => {
      await send('Code', 'wrong', 'Sign in')
      await shown('alert')
    },
    recover: () => open('/account/recover'),
    'recover with a code': async () => {
      await send('E-mail address', ADDRESS, 'Send me a code')
      await page.getByLabel('Code').waitFor()
    },
    'recover, refused': async () => {
      await page.getByLabel('Code').fill('wrong')
      await send('New password', 'another horse', 'Set the password')
      await shown('alert')
    },
    'create an account': () => open('/account/create'),
    'create an account, refused': async () => {
      await createAccount(forester.handle.split('.')[0])
      await shown('alert')
    },
    'sign in for an app': () => authorize(forester.handle),
    consent: async () => {
      await giveMyPassword(page, forester)
      await page.getByRole('button', { name: 'Allow', exact: true }).waitFor()
    },
    'consent, spelled out': async () => {
      for (const summary of await page.locator('summary').all()) await summary.click()
    },
    account: async () => {
      const params = callback.arrival()
      await decide(page)
      await client.callback(await params)
      await open('/account')
    },
    'a new app password': async () => {
      await send('What it is for', LONG, 'Make an app password')
      await page.getByText('it is shown this once').waitFor()
    },
    'an app password again': async () => {
      await send('What it is for', LONG, 'Make an app password')
      await shown('alert')
    },
    'something is done': async () => {
      await press(page, `Revoke ${LONG}`)
      await shown('status')
    },
    'confirm the e-mail address': async () => {
      await press(page, 'Mail me a code to confirm the address')
      await page.getByLabel('Code').waitFor()
    },
    'confirm the e-mail address, refused': async () => {
      await send('Code', 'wrong', 'Confirm the address')
      await shown('alert')
    },
    'another e-mail address, refused': async () => {
      await send('Another e-mail address', `${second.handle.split('.')[0]}@example.com`, 'Change the address')
      await shown('alert')
    },
    'delete the account': async () => {
      await press(page, 'Mail me a code to delete the account')
      await page.getByLabel('Code').waitFor()
    },
    'delete the account, refused': async () => {
      await page.getByLabel('Code').fill('wrong')
      await page.getByLabel('Password', { exact: true }).fill(forester.password)
      await press(page, 'Delete the account for good')
      await shown('alert')
    },
    'add a passkey, elsewhere': () => open('/account/passkeys/add'),
    'choose an account': async () => {
      await signIn(page, network.pds, second)
      await authorize(network.pds)
      await page.getByRole('heading', { name: 'Choose an account' }).waitFor()
    },
    'account beside another': () => open('/account'),
    'no such page': () => open('/assets/none.css'),
    'a request that is over': () => open('/oauth/authorize?client_id=x&request_uri=urn:ietf:params:oauth:request_uri:x'),
    'a form of somebody else': async () => {
      await open('/account/recover')
      await page.locator('input[name=csrf]').evaluate((field) => (field.value = 'another'))
      await send('E-mail address', ADDRESS, 'Send me a code')
      await page.getByRole('heading', { name: 'Please open the page again' }).waitFor()
    },
    'add a passkey': async () => {
      await plugInAuthenticator(page)
      await signIn(page, named, second)
      await page.goto(`${named}/account/passkeys/add`)
    },
    'a passkey is added': async () => {
      await send('What you call it', LONG, 'Add a passkey')
      await page.getByText('The passkey was added.').waitFor()
    },
    'sign in with a passkey': async () => {
      await press(page, `Remove ${LONG}`)
      await page.getByText('The passkey was removed here.').waitFor()
      await page.goto(`${named}/account/sign-in`)
    },
    'sign in with a passkey, refused': async () => {
      await press(page, 'Use a passkey')
      await shown('alert')
    },
    'account that is deactivated': async () => {
      await second.agent.com.atproto.server.deactivateAccount({})
      await signIn(page, network.pds, second)
      await shown('alert')
    },
    'an app for an account that is deactivated': async () => {
      await authorize(network.pds)
      await page.getByRole('link', { name: second.handle }).click()
      await page.getByRole('heading', { name: 'That did not work' }).waitFor()
    },
  }
}

test('every page fits its screen, has no accessibility violation and is not framed', { skip }, (t) =>
  visiting(async (page) => {
    const second = await newAccount(network, 'abcdefghijklmnopqr')
    const complaints = complaintsOf(page)
    let last
    page.on('response', (response) => {
      if (response.request().resourceType() === 'document') last = response
    })
    for (const [name, arrive] of Object.entries(scenesOf(page, loopbackClient(network, callback, SCOPE), second))) {
      await t.test(name, async () => {
        await arrive()
        assert.equal(last.headers()['x-frame-options'], 'DENY')
        assert.match(last.headers()['content-security-policy'], /frame-ancestors 'none'/)
        for (const screen of screens) await inspect(page, name, screen)
        // Browsers tell of every answer that is a refusal; nothing else is to be told.
        assert.deepEqual(complaints.splice(0).filter((words) => !words.startsWith('Failed to load resource')), [])
      })
    }
  }))

test('a browser without passkeys is told so', { skip }, () =>
  visiting(async (page) => {
    await page.addInitScript(() => delete window.PublicKeyCredential)
    await page.goto(`${named}/account/sign-in`)
    await page.getByText('This browser has no passkeys to offer here.').waitFor()
    for (const screen of screens) await inspect(page, 'sign in without passkeys', screen)
  }))

test('without JavaScript the pages say what does not work, and the way back to the app is a button', { skip }, () =>
  visiting(async (page) => {
    const look = async (name, remark) => {
      for (const screen of screens) await fits(page, `${name} without JavaScript`, screen)
      if (remark) assert.match(await page.locator('noscript p').innerText(), remark)
    }
    await page.goto(`${named}/account/sign-in`)
    await look('sign in', /scripts are switched off here. The other ways work without/)

    const client = loopbackClient(network, callback, SCOPE, { responseMode: 'form_post' })
    const params = callback.arrival()
    await page.goto((await client.authorize(forester.handle)).href)
    await giveMyPassword(page, forester)
    await decide(page)
    await page.getByRole('heading', { name: 'Back to the app' }).waitFor()
    await look('back to the app')
    await press(page, 'Go on')
    const { session } = await client.callback(await params)
    assert.equal(session.did, forester.did)

    await page.goto(`${network.pds}/account/passkeys/add`)
    await look('add a passkey', /scripts are switched off here/)
  }, { javaScriptEnabled: false }))
