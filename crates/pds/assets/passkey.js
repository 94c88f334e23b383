// Asks the browser for a passkey and sends what it gives with the form it stands in.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

const list = (items) => items.split(',').filter(Boolean)

const ceremonies = {
  async get({ challenge, site }) {
    const publicKey = { challenge: bytes(challenge), rpId: site, userVerification: 'required', timeout: 300000 }
    const { rawId, response } = await navigator.credentials.get({ publicKey })
    return {
      credential: text(rawId),
      client_data: text(response.clientDataJSON),
      authenticator_data: text(response.authenticatorData),
      signature: text(response.signature),
    }
  },
  async create({ challenge, site, host, user, handle, algorithms, existing }) {
    const publicKey = {
      challenge: bytes(challenge),
      rp: { id: site, name: host },
      user: { id: bytes(user), name: handle, displayName: handle },
      pubKeyCredParams: list(algorithms).map((alg) => ({ type: 'public-key', alg: Number(alg) })),
      excludeCredentials: list(existing).map((id) => ({ type: 'public-key', id: bytes(id) })),
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      attestation: 'none',
      timeout: 300000,
    }
    const { response } = await navigator.credentials.create({ publicKey })
    return { client_data: text(response.clientDataJSON), attestation: text(response.attestationObject) }
  },
}

const words = {
  NotAllowedError: 'Nothing happened: it was cancelled, or it took too long.',
  InvalidStateError: 'This device has a passkey for this account already.',
  SecurityError: 'The browser does not use passkeys at this address.',
}

const form = document.querySelector('form[data-passkey]')
const elsewhere = document.querySelector('[data-elsewhere]')
if (window.isSecureContext && window.PublicKeyCredential && location.origin === form.dataset.origin) {
  elsewhere?.remove()
  form.hidden = false
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const status = form.querySelector('[role=status]')
    status.textContent = 'Waiting for your device …'
    try {
      const answer = await ceremonies[form.dataset.passkey](form.dataset)
      for (const [name, value] of Object.entries(answer)) form.elements[name].value = value
      form.submit()
    } catch (error) {
      status.textContent = words[error.name] ?? `The browser could not do it: ${error.message}`
    }
  })
} else if (!elsewhere || location.origin === form.dataset.origin) {
  elsewhere?.remove()
  const remark = document.createElement('p')
  remark.className = 'small muted remark'
  remark.textContent = 'This browser has no passkeys to offer here.'
  form.before(remark)
}
