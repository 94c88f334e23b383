// The ways in beside a password, and how owners put others out and take along what is theirs, as people do it in a browser.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { AtpAgent } from '@atproto/api'
import { readCarWithRoot } from '@atproto/repo'
import { plugInAuthenticator, press, skip } from '../lib/browser.mjs'
import { newAccount } from '../lib/clients.mjs'
import { CLAIM, allow, claim, create, decide, loopbackClient, signIn } from '../lib/oauth.mjs'
import { codeFor } from '../lib/outbox.mjs'
import { browser, callback, forester, named, network, visiting } from '../lib/stage.mjs'

const GENERIC = 'atproto transition:generic'

const refreshing = (agent) => ({ headers: { authorization: `Bearer ${agent.session.refreshJwt}` } })

test('a passkey is added, lets an app in, and is removed', { skip }, () =>
  visiting(async (page) => {
    await plugInAuthenticator(page)
    await signIn(page, named, forester)
    await page.getByRole('link', { name: 'Add a passkey' }).click()
    await page.getByLabel('What you call it').fill('Forest phone')
    await press(page, 'Add a passkey')
    await page.getByText('The passkey was added.').waitFor()

    // The same device is not asked twice.
    await page.getByRole('link', { name: 'Add a passkey' }).click()
    await press(page, 'Add a passkey')
    await page.getByText('This device has a passkey for this account already.').waitFor()
    await page.getByRole('link', { name: 'Back to your account' }).click()
    await press(page, 'Sign out')
    await page.waitForURL(/\/account\/sign-in/)

    const client = loopbackClient(network, callback, GENERIC)
    const params = callback.arrival()
    await page.goto((await client.authorize(forester.handle)).href)
    await page.getByRole('link', { name: named }).click()
    await press(page, 'Use a passkey')
    const words = await decide(page)
    assert.ok(words.includes(forester.handle), words)
    const { session } = await client.callback(await params)
    await create(session, CLAIM, claim())

    await page.goto(`${named}/account`)
    await page.getByText(/last used/).first().waitFor()
    await press(page, 'Remove Forest phone')
    await page.getByText('The passkey was removed here.').waitFor()
    await press(page, 'Sign out')
    await press(page, 'Use a passkey')
    await page.getByRole('alert').filter({ hasText: 'The passkey was not accepted' }).waitFor()
    await page.goto(`${named}/account`)
    await page.waitForURL(/\/account\/sign-in/)
  }))

test('a passkey is nothing in the hands of somebody whom the device does not know', { skip }, () =>
  visiting(async (page) => {
    const recognise = await plugInAuthenticator(page)
    const walker = await newAccount(network, 'walker')
    await signIn(page, named, walker)
    await page.getByRole('link', { name: 'Add a passkey' }).click()
    await press(page, 'Add a passkey')
    await press(page, 'Sign out')
    await recognise(false)
    await press(page, 'Use a passkey')
    await page.getByText('Nothing happened: it was cancelled, or it took too long.').waitFor()
    await recognise(true)
    await press(page, 'Use a passkey')
    await page.waitForURL(/\/account$/)
  }))

test('a code from a mail signs in, without JavaScript', { skip }, () =>
  visiting(async (page) => {
    const enter = async (code) => {
      await page.getByLabel('Code').fill(code)
      await press(page, 'Sign in')
    }
    await page.goto(`${network.pds}/account/sign-in`)
    await page.getByLabel('Handle or e-mail address').last().fill('forester@example.com')
    await press(page, 'Send me a code')
    const code = await codeFor(network.pds, 'forester@example.com')
    await enter('wrong')
    await page.getByRole('alert').waitFor()
    await enter(code.toLowerCase())
    await page.waitForURL(/\/account$/)
    assert.ok((await page.textContent('main')).includes(forester.handle))
    await press(page, 'Sign out')
    await page.waitForURL(/\/account\/sign-in$/)

    await page.goBack()
    assert.match(page.url(), /\/account\/sign-in$/, 'going back shows nothing of the account')
  }, { javaScriptEnabled: false }))

test('a forgotten password is replaced, and what the old one let in is put out', { skip }, () =>
  visiting(async (page) => {
    const forgetful = await newAccount(network, 'forgetful')
    const { session } = await allow(browser, loopbackClient(network, callback, GENERIC), callback, forgetful)
    await create(session, CLAIM, claim())
    await signIn(page, network.pds, forgetful)

    await visiting(async (other) => {
      await other.goto(`${network.pds}/account/sign-in`)
      await other.getByRole('link', { name: 'I do not know my password any more' }).click()
      await other.getByLabel('E-mail address').fill('forgetful@example.com')
      await press(other, 'Send me a code')
      await other.getByLabel('Code').fill(await codeFor(network.pds, 'forgetful@example.com'))
      await other.getByLabel('New password').fill('another horse')
      await press(other, 'Set the password')
      await other.getByText('The new password is set').waitFor()
    }, { javaScriptEnabled: false })

    await page.reload()
    await page.waitForURL(/\/account\/sign-in/)
    await assert.rejects(create(session, CLAIM, claim()), /expired or been taken back/)
    const { agent, handle } = forgetful
    await assert.rejects(agent.com.atproto.server.refreshSession(undefined, refreshing(agent)), { error: 'ExpiredToken' })
    await assert.rejects(agent.login({ identifier: handle, password: forgetful.password }), ({ status }) => status === 401)
    await signIn(page, network.pds, { handle, password: 'another horse' })
  }))

test('an owner puts out an app, a program and another browser', { skip }, () =>
  visiting(async (page) => {
    const keeper = await newAccount(network, 'keeper')
    const client = loopbackClient(network, callback, GENERIC)
    const { session } = await allow(browser, client, callback, keeper)
    const program = new AtpAgent({ service: network.pds })
    await program.login({ identifier: keeper.handle, password: keeper.appPassword })
    await signIn(page, network.pds, keeper)
    await visiting(async (other) => {
      await signIn(other, network.pds, keeper)

      await press(page, 'Disconnect An app on your own computer')
      await page.getByText('The app cannot act for you any more.').waitFor()
      await assert.rejects(create(session, CLAIM, claim()), /expired or been taken back/)

      await press(page, 'Revoke e2e')
      await page.getByText('The app password is revoked.').waitFor()
      await assert.rejects(program.com.atproto.server.refreshSession(undefined, refreshing(program)), { error: 'ExpiredToken' })

      const row = page.getByRole('listitem').filter({ hasText: 'Chrome on Linux' }).filter({ hasNotText: 'this one' })
      await row.first().getByRole('button').click()
      await page.getByText('The browser is signed out.').waitFor()
      await row.first().getByRole('button').click()
      await row.waitFor({ state: 'detached' })
      await other.reload()
      assert.match(other.url(), /\/account\/sign-in$/)
    })
    await page.reload()
    assert.match(page.url(), /\/account\?/, 'the owner is still there')
  }))

test('an owner takes along records and files', { skip }, () =>
  visiting(async (page) => {
    const { agent, did } = forester
    const picture = Buffer.from('89504e470d0a1a0a', 'hex')
    const { data: { blob } } = await agent.uploadBlob(picture, { encoding: 'image/png' })
    const image = { $type: 'org.hypercerts.defs#smallImage', image: blob }
    await agent.com.atproto.repo.createRecord({ repo: did, collection: CLAIM, record: { ...claim(), image } })
    await signIn(page, network.pds, forester)
    const take = async (name) => {
      const coming = page.waitForEvent('download')
      await page.getByRole('link', { name }).click()
      const file = await coming
      return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) }
    }
    const records = await take('Your repository')
    assert.equal(records.name, 'forester.test.car')
    const { data: { cid } } = await agent.com.atproto.sync.getLatestCommit({ did })
    assert.equal((await readCarWithRoot(records.bytes)).root.toString(), cid)
    const files = await take('Your files')
    assert.equal(files.name, 'forester.test-files.tar')
    assert.ok(files.bytes.includes(`files/${blob.ref}.png`) && files.bytes.includes(picture))
  }))
