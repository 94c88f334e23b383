// Real AT Protocol clients, as a platform builder holds them.
import { AtpAgent, BskyAgent } from '@atproto/api'

/** A new account on the network's PDS; `appPassword` is what a stranger's app would be given. */
export async function newAccount(network, name) {
  const agent = new AtpAgent({ service: network.pds })
  const password = `correct horse ${name}`
  await agent.createAccount({ handle: `${name}.test`, email: `${name}@example.com`, password })
  const { data } = await agent.com.atproto.server.createAppPassword({ name: 'e2e' })
  return { agent, did: agent.session.did, handle: `${name}.test`, password, appPassword: data.password }
}

/** The program of the Hypercerts documentation ("Activity Claim", code example); only its arguments are ours. */
export async function documentedProgram(service, identifier, password) {
  const agent = new BskyAgent({ service })
  await agent.login({ identifier, password })
  const response = await agent.api.com.atproto.repo.createRecord({
    repo: agent.session.did,
    collection: 'org.hypercerts.claim.activity',
    record: {
      title: 'Open Source Library Maintenance',
      shortDescription: 'Maintained and improved the core library throughout 2025',
      workScope: {
        $type: 'org.hypercerts.claim.activity#workScopeString',
        scope: 'library-maintenance',
      },
      startDate: '2025-01-01T00:00:00Z',
      endDate: '2025-12-31T23:59:59Z',
      createdAt: new Date().toISOString(),
    },
  })
  return { agent, ...response.data }
}

export const evaluationOf = (claim, evaluator, summary) => ({
  $type: 'org.hypercerts.context.evaluation',
  subject: { uri: claim.uri, cid: claim.cid },
  evaluators: [{ $type: 'app.certified.defs#did', did: evaluator }],
  summary,
  score: { min: '0', max: '5', value: '4' },
  createdAt: new Date().toISOString(),
})
